"""What may be changed in a claim, by whom and while it is where: one table."""

# What may be changed by whom, and while the claim is where. Whatever is not named here
# follows from the workflow and is set by nobody.
DESCRIPTION = (
    *("subject", "description", "partner_id", "contact_id", "subscription_id"),
    *("service_id", "priority", "channel", "duplicate_of_id"),
    *("email_from", "sender_name", "sender_phone"),
)
FINDINGS = (
    *("problem_id", "problem_service_id", "justified", "root_cause", "action_taken"),
    "wish_ids",
)
BEFORE_THE_END = (
    "registered",
    "dispatched",
    "in_progress",
    "verification",
    "follow_up",
)
EDITABLE = {
    **dict.fromkeys(DESCRIPTION, (("quality", "author"), BEFORE_THE_END)),
    "team_id": (("quality",), ("registered", "dispatched")),
    "user_id": (("head",), ("dispatched", "in_progress")),
    "date_deadline": (("head",), ("dispatched", "in_progress")),
    **dict.fromkeys(FINDINGS, (("responsible",), ("in_progress",))),
    "satisfaction": (("interviewer",), ("follow_up",)),
    "client_comment": (("interviewer",), ("follow_up",)),
}
# What nobody changes who works or has worked on the claim, whatever else he may: whose it
# is, whom the letters and the call go to, and which other one it ends in favour of.
SEGREGATED = frozenset(
    {
        *("partner_id", "contact_id", "email_from", "sender_name", "sender_phone"),
        "duplicate_of_id",
    }
)
# What a claim may be registered with.
NEW = frozenset({*DESCRIPTION, "company_id", "team_id", "response_id"})
# Guarded by the table of transitions, or written by the chatter and the web client for
# everybody.
ALWAYS = frozenset({"stage_id", "message_main_attachment_id", "color"})
