"""Why 1C cannot be asked."""

# Each with what it means, and whether it may pass by itself; the sentences for users,
# in their language, are elsewhere.
ODATA_ERRORS = {
    "address": ("no address that begins with http; detail: address", False),
    "address_login": ("a login stands in the address", False),
    "password": ("kept in a way that cannot be read any more", False),
    "name": ("no server has that name; detail: host", True),
    "forbidden": ("the server of Odoo itself, or its cloud; detail: host", False),
    "refused": ("nothing listens there; details: host, port", True),
    "unreachable": ("the network does not get there; detail: host", True),
    "timeout": ("no answer in time; details: host, seconds", True),
    "cut": ("the connection broke in the middle of an answer; detail: host", True),
    "tls_untrusted": ("a certificate that nobody trusted signed; details: host", False),
    "tls_expired": ("a certificate that is not valid today; detail: host", False),
    "tls_name": ("a certificate for another name; detail: host", False),
    "tls_changed": ("another certificate than the one trusted; detail: host", False),
    "tls_none": ("no TLS behind https; details: host", False),
    "redirect": ("leads elsewhere; detail: location", False),
    "login": ("401", False),
    # `catalogue` is empty for the interface as a whole.
    "rights": ("403, or 401 of 1C itself; detail: catalogue", False),
    "not_published": ("404; detail: address", False),
    "no_catalogue": ("404 of one set of entities; detail: catalogue", False),
    "too_often": ("429", True),
    "licence": ("1C has no free license", True),
    "busy": ("502, 503 or 504; detail: status", True),
    # `said` is empty where it is nothing that we know.
    "failed": ("another 5xx; details: status, said", True),
    "not_understood": ("400; detail: said", False),
    "status": ("any other status; detail: status", False),
    "html": ("a page for people", False),
    "not_json": ("no JSON, or one cut short", False),
    "not_odata": ("a JSON that is not a list of objects", False),
    "too_big": ("more than anybody reads at once; detail: limit, in MiB", False),
    "same_page": ("the same page, however far one asks", False),
    "too_many": ("detail: limit", False),
}


class OdataError(Exception):
    """Why 1C cannot be asked; nothing else escapes from the client.

    Neither its text nor its details ever hold a login or a password.

    :ivar code: a key of ``ODATA_ERRORS``
    :ivar details: what the sentence for the user mentions
    :ivar passes: whether it is worth asking again later
    :ivar retry_after: the seconds that the server asks to wait
    :ivar unknown: the names of properties, among those asked for, that it tells of
    """

    def __init__(
        self, code: str, *, retry_after: float = 0, **details: str | int
    ) -> None:
        meaning, self.passes = ODATA_ERRORS[code]
        super().__init__(f"{code}: {meaning} {details or ''}".rstrip())
        self.code = code
        self.details = details
        self.retry_after = retry_after
        self.unknown: tuple[str, ...] = ()
