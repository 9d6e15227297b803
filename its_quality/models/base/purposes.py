"""Why one speaks with a client, and what comes of it: the keys that are stored and their
labels, the same in cadences, planned calls, interactions, questionnaires and reports."""

PURPOSES = [
    ("constant", "Regular contact"),
    ("quality", "Quality control"),
    ("rollout", "After rollout"),
    ("renewal", "Before renewal"),
    ("claim", "Claim follow-up"),
    ("other", "Other"),
]
OUTCOMES = [
    ("reached", "Reached"),
    ("no_answer", "No answer"),
    ("call_back", "Call back"),
    ("refused", "Refused"),
    ("wrong_number", "Wrong number"),
]
