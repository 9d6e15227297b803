"""What a client sends by a page: the same checks for the public form and the portal."""

import hashlib

from odoo.http import request

from ...models.base.ir_attachment import FileNotSaved
from ...models.claim import intake, sender, uploads
from ...models.claim.sanitising import one_address
from ...models.claim.uploads import MAX_FILE_SIZE, MAX_FILES, MAX_TOTAL_SIZE, MIB
from ...tools.texts import plain

FILES = MAX_FILES
FILE_MIB = MAX_FILE_SIZE // MIB
# Files that are a little too large get a sentence; what is larger is not even read.
BODY_SIZE = 2 * MAX_TOTAL_SIZE
SIZES = {
    "name": 200,
    "email": 254,
    "phone": 50,
    "inn": 20,
    "subject": 200,
    "description": 20000,
}


class ClaimInput:
    """What was typed, what is wrong with it, field by field, and the files.

    :ivar typed: plain texts by name
    :ivar errors: a sentence by name
    :ivar opened: what the page was issued with, see :meth:`form_key`
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
                self.errors[name] = _("Please fill in this field.")
            elif len(text) > SIZES[name]:
                self.errors[name] = _(
                    "Please shorten this to %(limit)s characters or fewer.",
                    limit=SIZES[name],
                )
        address = self.typed.get("email")
        if address and "email" not in self.errors and not one_address(address):
            self.errors["email"] = _("This is not a valid e-mail address.")
        # What a program of somebody's own sends has none; then the same is done once a
        # day.
        today = request.env.company.sudo()._its_today()
        self.opened = plain(post.get("opened"))[:64] or str(today)
        self._names = names
        self.files = []
        for file in request.httprequest.files.getlist("files"):
            if file.filename:
                # Odoo, which may run a request again, rewinds but the first one.
                file.seek(0)
                self.files.append((file.filename, file.read(MAX_FILE_SIZE + 1)))
        problems = uploads.check_files(request.env, self.files)
        if problems:
            self.errors["files"] = "\n".join(problems)

    @property
    def first_error(self):
        """The first field of the page with an error: it gets the focus."""
        names = (*self._names, "files", "consent")
        return next((name for name in names if name in self.errors), None)

    def form_key(self, owner, *choices):
        """What this form is known by, if it comes once more.

        Pages that somebody has open at the same time are issued with the same, so that
        the same words are one claim whichever of them is sent; once they are sent
        new pages are issued with another.

        :param owner: whose form it is: a user or a session
        :param choices: whatever was chosen beside the words
        """
        files = [
            (name, hashlib.sha256(content).hexdigest()) for name, content in self.files
        ]
        return intake.form_key(owner, self.opened, self.typed, choices, files)

    def register(self, channel, company, values, contact=None):
        """Register the claim with its files, see :mod:`.sender`.

        :return: the claim, as the superuser; nothing where its files cannot be kept,
            which ``errors`` then explain
        """
        claims = request.env["its.claim"]
        try:
            with request.env.cr.savepoint():
                claim = sender.register(
                    claims, channel, company, values, contact=contact
                )
                uploads.attach(claim, self.files)
        except FileNotSaved as refused:
            self.errors["files"] = str(refused)
            return None
        return claim
