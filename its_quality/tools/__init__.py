"""What every room of the addon may use and what knows none of them.

==============  =============================================================
security_log    one form for what somebody was refused, without personal data
server_options  what the administrator of the server says, outside the database
==============  =============================================================
"""
