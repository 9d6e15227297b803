from lxml import html

from odoo import models, tools

BODY = "body_html"


class Source:
    """The text of a template of letters, to be compiled once.

    :ivar text: as it is kept
    """

    __slots__ = ("text",)

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


class IrQweb(models.AbstractModel):
    """The templates of letters are compiled as the views are: once for each text, not once
    for each letter."""

    _inherit = "ir.qweb"

    def _compile(self, template):
        if isinstance(template, Source):
            return self._its_compiled(template.text)
        return super()._compile(template)

    @tools.ormcache(
        "text",
        "tuple(self.env.context.get(k) or False"
        " for k in self._get_template_cache_keys())",
        cache="templates",
    )
    def _its_compiled(self, text):
        element = html.fragment_fromstring(text, create_parent="div")
        return self._generate_code_uncached(element)


def bodies(template, records):
    """What a template of letters says about some records, as its
    ``_render_field("body_html")`` does.

    :param template: ``mail.template``, in the language of the letters
    :return: texts by the ids of the records
    """
    text = template[BODY]
    if not text or "t-" not in text:
        # Nothing to compile.
        return template._render_field(BODY, records.ids)
    variables = template._render_eval_context()
    qweb = template.env["ir.qweb"]
    found = {}
    for record in template.env[template.render_model].browse(records.ids):
        rendered = qweb._render(Source(text), {**variables, "object": record})
        # Without the division that holds the text together.
        found[record.id] = rendered[len("<div>") : -len("</div>")]
    return template._render_template_postprocess(template.render_model, found)
