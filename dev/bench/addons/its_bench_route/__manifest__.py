{
    "name": "A bare route for ./its bench",
    "author": "its_quality",
    "license": "LGPL-3",
    "depends": ["web"],
    "installable": False,
}
