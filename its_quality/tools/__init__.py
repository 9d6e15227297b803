"""What every room of the addon may use and what knows none of them.

==============  =============================================================
by_code         the mark of what our code writes in a user's name
letter_proof    whether a letter is of whom it says
letter_repair   a letter cut and mended, so that the gateway can read it
letter_text     the words of a letter, in whatever encoding they are
log_mask        no secret of an address in the log of the server
secret_box      secrets of others as they are stored in the database
security_log    one form for what somebody was refused, without personal data
server_options  what the administrator of the server says, outside the database
==============  =============================================================
"""
