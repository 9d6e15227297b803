"""What a client sends by a page: the same checks for the public form and the portal."""

from odoo.http import request

from ..models.its_claim_files import MAX_FILE_SIZE, MAX_FILES, MAX_TOTAL_SIZE, MIB
from ..models.its_claim_typed import one_address, plain

FILES = MAX_FILES
FILE_MIB = MAX_FILE_SIZE // MIB
# Files that are a little too large get a sentence; what is larger is not even read.
BODY_SIZE = 2 * MAX_TOTAL_SIZE
SIZES = {"name": 200, "email": 254, "phone": 50, "subject": 200, "description": 20000}


class ClaimInput:
    """What was typed, what is wrong with it, field by field, and the files.

    :ivar typed: plain texts by name
    :ivar errors: a sentence by name
    """

    def __init__(self, post, names, required):
        """
        :param post: the fields of the request; whatever is not in ``names`` is ignored
        :param names: keys of ``SIZES``
        :param required: those of them that may not be empty
        """
        _ = request.env._
        self.typed = {
            name: plain(post.get(name), multiline=name == "description")
            for name in names
        }
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
        if address and "email" not in self.errors and not one_address(address):
            self.errors["email"] = _("This is no e-mail address.")
        self.files = [
            (file.filename, file.read(MAX_FILE_SIZE + 1))
            for file in request.httprequest.files.getlist("files")
            if file.filename
        ]
        problems = request.env["its.claim"]._check_files(self.files)
        if problems:
            self.errors["files"] = "\n".join(problems)

    def attach_to(self, claim):
        """Keep the files with the claim.

        :param claim: as the superuser
        """
        claim._attach_files(self.files)
