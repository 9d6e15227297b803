"""What the web client asks for when it opens a view, from the view itself."""

from __future__ import annotations

import ast

# Fields that the widgets of web and mail add to their own, and what they show of others.
ADDED = {
    "kanban_activity": (
        "activity_exception_decoration",
        "activity_exception_icon",
        "activity_state",
        "activity_summary",
        "activity_type_icon",
        "activity_type_id",
    ),
    "statusbar_duration": ("duration_tracking",),
}
TAGS = "many2many_tags"
SUBVIEWS = ("list", "kanban")
ALWAYS = ("1", "True")
LIMIT_OF_X2MANY = 40


def specification(env, model, kind, view=None):
    """Return what to read for a view: see `getFieldsSpec` of the web client.

    :param kind: `list`, `kanban` or `form`
    :param view: its external id, if it is not the first one of the model
    """
    view = env[model].get_view(view and env.ref(view).id, view_type=kind)
    spec = _fields_of(env[model], _parse(view["arch"]))
    if kind == "form":
        spec["display_name"] = {}
    return spec


def domain(env, action):
    """Return the domain with which an action opens its view.

    :param action: its external id
    """
    from odoo.fields import Domain

    action = env.ref(action).sudo()
    context = ast.literal_eval(action.context or "{}")
    search = _parse(env[action.res_model].get_view(view_type="search")["arch"])
    found = Domain(ast.literal_eval(action.domain or "[]"))
    for name in context:
        name = name.removeprefix("search_default_")
        for node in search.xpath(f"//filter[@name='{name}']"):
            found &= Domain(ast.literal_eval(node.get("domain")))
    return list(found)


def _parse(arch):
    from lxml import etree

    return etree.fromstring(arch)


def _fields_of(model, root):
    """Read specification of the fields of a view but for those of views in it."""
    spec = {}
    for node in root.iter("field"):
        if any(parent.tag == "field" for parent in _parents(node, root)):
            continue
        name, widget = node.get("name"), node.get("widget")
        spec[name] = _field(model, node)
        for added in ADDED.get(widget, ()):
            relation = model._fields[added].comodel_name
            shown = {"fields": {"display_name": {}}} if relation else {}
            spec.setdefault(added, shown)
    return spec


def _parents(node, root):
    for parent in node.iterancestors():
        if parent is root:
            return
        yield parent


def _field(model, node):
    field = model._fields[node.get("name")]
    invisible = (
        node.get("invisible") in ALWAYS or node.get("column_invisible") in ALWAYS
    )
    if field.type == "many2one":
        return {"fields": {} if invisible else {"display_name": {}}}
    if field.type not in ("one2many", "many2many") or invisible:
        return {}
    views = [child for child in node if child.tag in SUBVIEWS]
    shown = {}
    if views:
        shown = _fields_of(model.env[field.comodel_name], views[0])
    elif node.get("widget") == TAGS:
        options = ast.literal_eval(node.get("options") or "{}")
        shown = {
            name: {} for name in ("display_name", options.get("color_field")) if name
        }
    return {"fields": shown, "limit": LIMIT_OF_X2MANY} if shown else {}
