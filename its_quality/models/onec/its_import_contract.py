import re

from odoo import api, fields, models

from ...onec import name_key
from .subscription_changes import service_key

# What tells one contract from another of its kind: a number, a date, a year.
NUMBER = re.compile(r"№\s*\S+|\bN\s*\d\S*|\bот\s+\d[\d.\s]*(?:г\.?)?", re.IGNORECASE)
FROM_A_DIGIT = re.compile(r"(?<![-./])(?!1[СC]\b)[-./]*\d.*", re.IGNORECASE)
EDGES = " .,;:-–—/«»\"'()"
# A base in which each contract has a name of its own is not a list to go through.
MOST_KINDS = 1000
# A name of a service that is shorter may stand in any contract by chance.
SHORTEST_NAME = 3


def kind_of_contract(name):
    """Take what is peculiar to one contract out of its name.

    «Договор ИТС ПРОФ № 15 от 01.02.2026» and «Договор ИТС ПРОФ № 7» are of one kind,
    «Договор ИТС ПРОФ».

    :return: what is left, perhaps nothing
    """
    text = NUMBER.sub(" ", name or "")
    words = (FROM_A_DIGIT.sub("", word).strip(EDGES) for word in text.split())
    return " ".join(filter(None, words))


class ItsImportContract(models.Model):
    """A kind of contracts in 1C and the service that its contracts are about.

    1C knows «СПокупателем» and the name that somebody gave to a contract, but nothing
    of services; so the user says once what each kind means. A kind without a service,
    such as the contracts with suppliers, is not imported.
    """

    _name = "its.import.contract"
    _description = "Kind of Contracts in 1C"
    _order = "source_id, count desc, name"

    source_id = fields.Many2one(
        "its.import.source", required=True, readonly=True, ondelete="cascade"
    )
    import_id = fields.Many2one(
        "its.import",
        string="Last met in",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    key = fields.Char(required=True, readonly=True)
    name = fields.Char(string="Contracts called", readonly=True)
    onec_kind = fields.Char(string="Kind in 1C", readonly=True)
    example = fields.Char(readonly=True)
    count = fields.Integer(string="Contracts", readonly=True)
    service_id = fields.Many2one(
        "its.service",
        string="Subscription to",
        index="btree_not_null",
        ondelete="set null",
        help="Empty: contracts of this kind are not imported.",
    )

    _one_per_source = models.UniqueIndex("(source_id, key)")

    @api.depends("name", "onec_kind")
    def _compute_display_name(self):
        for kind in self:
            names = filter(None, (kind.name, kind.onec_kind))
            kind.display_name = " · ".join(names) or self.env._("Without a name")

    def write(self, vals):
        result = super().write(vals)
        if "service_id" in vals:
            self.import_id._mapping_changed()
        return result


class ContractKinds:
    """The kinds of contracts met while a file is read.

    :param job: the ``its.import``
    """

    def __init__(self, job):
        self.job = job
        self.model = job.env["its.import.contract"]
        known = self.model.search([("source_id", "=", job.source_id.id)])
        self._known = {kind.key: kind for kind in known}
        self._services = None

    def of(self, values):
        """Find the kind of a contract; make it if it is new.

        :param values: of the record of a contract
        :return: the :class:`ItsImportContract`
        """
        kind = values.get("contract_kind", "")
        title = values.get("contract_name", "")
        name = kind_of_contract(title)
        key = f"{name_key(kind)} {name_key(name)}"
        known = self._known.get(key)
        if known is None:
            service = self._propose(title)
            if len(self._known) >= MOST_KINDS:
                name, kind = service.name if service else "", ""
                key = f"… {name_key(name)}"
                known = self._known.get(key)
        if known is None:
            # Nobody makes one by hand: a kind is what a file has.
            known = self._known[key] = self.model.sudo().create(
                {
                    "source_id": self.job.source_id.id,
                    "key": key,
                    "name": name,
                    "onec_kind": kind,
                    "example": title or values.get("contract_number"),
                    "service_id": service.id if service else False,
                }
            )
        return known

    def _propose(self, title):
        """Find the service whose name, the longest of them, stands in that of a
        contract."""
        if self._services is None:
            self._services = self._names_of_services()
        text = f" {words_of(title)} "
        return next(
            (service for name, service in self._services if f" {name} " in text), None
        )

    def _names_of_services(self):
        names = {}
        for service in self.job.env["its.service"].search([]):
            told = [service.name, service.code, *(service.onec_names or "").split("\n")]
            for name in filter(None, told):
                if len(service_key(name)) >= SHORTEST_NAME:
                    names.setdefault(words_of(name), service)
        return sorted(names.items(), key=lambda item: -len(item[0]))


def words_of(text):
    """The words of a name as they are compared: «1С:ИТС» and «ИТС» are one."""
    text = text.casefold().replace("c", "с").replace("ё", "е")
    words = re.findall(r"\w+", text)
    return " ".join(word for word in words if word != "1с")
