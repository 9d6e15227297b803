import re

from odoo.tools import SQL

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


def services_of_contracts(job):
    """What the user has said of kinds of contracts, in a fixed order.

    :return: ``[[key of the kind, id of its service], ...]``
    """
    kinds = job.env["its.import.contract"].search(
        [("source_id", "=", job.source_id.id), ("service_id", "!=", False)],
        order="key",
    )
    return [[kind.key, kind.service_id.id] for kind in kinds]


def note_kinds(job):
    """Note which kinds the rows of this import are of, and how many of each."""
    job.contract_ids.import_id = False
    counts = dict(
        job.env.execute_query(
            SQL(
                """
                SELECT data ->> 'contract_key', count(*) FROM its_import_line
                 WHERE import_id = %s AND entity = 'contract' GROUP BY 1
                """,
                job.id,
            )
        )
    )
    for kind in job.env["its.import.contract"].search(
        [("source_id", "=", job.source_id.id), ("key", "in", list(counts))]
    ):
        kind.write({"import_id": job.id, "count": counts[kind.key]})
