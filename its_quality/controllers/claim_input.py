"""What a client sends by a page: the same checks for the public form and the portal."""

from odoo.http import request
from odoo.tools import email_normalize
from odoo.tools.mimetypes import guess_mimetype

FILES = 3
FILE_MIB = 10
# A body of these files and of the words beside them.
BODY_SIZE = (FILES * FILE_MIB + 2) * 2**20
OFFICE = ("application/zip", "application/vnd.", "application/octet-stream")
OLD_OFFICE = ("application/msword", "application/vnd.", "application/x-ole", "CDF")
PLAIN = ("text/plain", "text/csv", "application/octet-stream")
# What is inside has to be what the name says; nothing that a browser would run.
KINDS = {
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "webp"), ("image/",)),
    **dict.fromkeys(("docx", "xlsx", "odt", "ods", "zip"), OFFICE),
    **dict.fromkeys(("doc", "xls"), (*OLD_OFFICE, "application/CDFV2")),
    **dict.fromkeys(("txt", "csv", "log"), PLAIN),
    "pdf": ("application/pdf",),
}
SIZES = {"name": 200, "email": 254, "phone": 50, "subject": 200, "description": 20000}


def problem_of_file(name, data):
    """Why a file that a client sends is not taken.

    :param name: as the browser gives it
    :param data: its content; of a large one, enough to see that it is too large
    :return: a sentence, or an empty string
    """
    _ = request.env._
    if len(data) > FILE_MIB * 2**20:
        return _("%(name)s is larger than %(size)s MB.", name=name, size=FILE_MIB)
    if not _is_what_it_says(name, data):
        return _(
            "%(name)s cannot be sent. Please send pictures, PDF, office documents, "
            "plain text or ZIP.",
            name=name,
        )
    return ""


def _is_what_it_says(name, data):
    extension = name.rpartition(".")[2].lower()
    kinds = KINDS.get(extension)
    if not kinds or not data:
        return False
    found = guess_mimetype(data)
    if extension in ("txt", "csv", "log") and b"\0" in data:
        return False
    return found.startswith(kinds) and not found.startswith("image/svg")


class ClaimInput:
    """What was typed, what is wrong with it, field by field, and the files.

    :ivar typed: stripped texts by name
    :ivar errors: a sentence by name
    """

    def __init__(self, post, names, required):
        """
        :param post: the fields of the request; whatever is not in ``names`` is ignored
        :param names: keys of ``SIZES``
        :param required: those of them that may not be empty
        """
        _ = request.env._
        self.typed = {name: str(post.get(name) or "").strip() for name in names}
        self.errors = {}
        for name, text in self.typed.items():
            if name in required and not text:
                self.errors[name] = _("Please fill this in.")
            elif len(text) > SIZES[name]:
                self.errors[name] = _(
                    "Please make it shorter: %(limit)s characters at most.",
                    limit=SIZES[name],
                )
        address = self.typed.get("email")
        if address and "email" not in self.errors and not email_normalize(address):
            self.errors["email"] = _("This is no e-mail address.")
        self.files = self._read_files()

    def _read_files(self):
        _ = request.env._
        sent = request.httprequest.files.getlist("files")
        sent = [file for file in sent if file.filename]
        if len(sent) > FILES:
            self.errors["files"] = _(
                "Please send %(count)s files at most.", count=FILES
            )
            return []
        files = []
        for file in sent:
            data = file.read(FILE_MIB * 2**20 + 1)
            problem = problem_of_file(file.filename, data)
            if problem:
                self.errors["files"] = problem
            files.append((file.filename, data))
        return files

    def attach_to(self, claim):
        """Keep the files with the claim.

        :param claim: as the superuser
        """
        claim.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": data,
                    "res_model": claim._name,
                    "res_id": claim.id,
                }
                for name, data in self.files
            ]
        )
