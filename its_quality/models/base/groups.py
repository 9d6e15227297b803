"""The roles; ``security/base/its_groups.xml`` says what each contains."""

GROUP_USER = "its_quality.group_user"
GROUP_CLIENT_MANAGER = "its_quality.group_client_manager"
GROUP_QUALITY_MANAGER = "its_quality.group_quality_manager"
GROUP_HEAD = "its_quality.group_head"
GROUP_ADMINISTRATOR = "its_quality.group_administrator"
