"""Texts for the user about an infobase that can, or cannot, be queried."""

from ....onec.odata.objects import CONTRACTORS, CONTRACTS
from ...base.network_texts import network_sentences

# What a certificate may be like that somebody trusts nevertheless.
TRUSTABLE = ("tls_untrusted", "tls_expired", "tls_name")


def odata_sentence(connection, error):
    """Say in the user's language why 1C cannot be asked, and what to do.

    :param error: an ``OdataError``
    :return: sentences
    """
    sentences = odata_sentences(connection)
    details = {"system": connection.env._("1C"), **error.details}
    if error.code == "name" and "." not in details["host"]:
        return sentences["short_name"] % details
    if error.code == "rights" and not details.get("catalogue"):
        # Also of a test that is older than the name.
        return sentences["rights_unnamed"]
    if details.get("said") == "":
        return sentences[f"{error.code}_unsaid"] % details
    return sentences[error.code] % details


def success_sentence(env, details):
    """Say what there is to be read.

    :param details: of ``_do_test``
    """
    _ = env._
    parts = {
        CONTRACTORS: _("contractors: %(count)s"),
        CONTRACTS: _("contracts: %(count)s"),
    }
    counted = ", ".join(
        parts[catalogue] % {"count": count}
        for catalogue, count in details["counts"].items()
    )
    said = [_("Connected to 1C. In the infobase: %(counted)s.", counted=counted)]
    if details["missing"]:
        said.append(
            _(
                "Names of managers or kinds of addresses will be missing until these "
                "are published as well: %(catalogues)s.",
                catalogues=", ".join(details["missing"]),
            )
        )
    return " ".join(said)


def odata_sentences(connection):
    """``{key of ODATA_ERRORS: sentence with its details}``, and variants."""
    _ = connection.env._
    network = network_sentences(connection.env)
    trust = _(
        "If this is your own server, you can press «Trust this certificate»; otherwise, "
        "do not continue."
    )
    return {
        **network,
        **{code: f"{network[code]} {trust}" for code in TRUSTABLE},
        "address": _(
            "«%(address)s» is not a valid infobase address. It must start with "
            "http:// or https://, for example https://server/base."
        ),
        "address_login": _(
            "The address contains a login. Remove it: login and password have their "
            "own fields."
        ),
        "password": connection._password_is_lost(),
        "short_name": _(
            "The Odoo server cannot find %(host)s, although your computer may. Use "
            "its full name or its IP address (192.168.…) in the address."
        ),
        "tls_changed": _(
            "%(host)s presents a different certificate from the one you trust. If it "
            "was renewed, press «Trust this certificate»; if not, the connection may "
            "be intercepted."
        ),
        "redirect": _(
            "The server redirects to %(location)s. If this is correct, enter that "
            "address: the password is never sent to another address."
        ),
        "login": _(
            "1C rejected the login or the password. Check both, and that the user can "
            "sign in with «Аутентификация 1С:Предприятия»."
        ),
        "rights": _(
            "The 1C user is not allowed to read %(catalogue)s. Give the user a role that "
            "can read it, and «Удаленный доступ OData» if there is such a role."
        ),
        "rights_unnamed": _(
            "The 1C user is not allowed to use the OData interface. Give the user the "
            "role «Удаленный доступ OData» if there is one, or another that can read "
            "contractors."
        ),
        "not_published": _(
            "There is no OData interface at %(address)s. Publish the infobase on the "
            "web server with «Публиковать стандартный интерфейс OData» ticked, and "
            "check its name in the address."
        ),
        "no_catalogue": _(
            "%(catalogue)s is not in the OData interface. In 1C, open "
            "«Администрирование», «Синхронизация данных», «Настройка стандартного "
            "интерфейса OData» and tick the catalog on the page «Состав»."
        ),
        "too_often": _("1C received too many requests. Try again in a few minutes."),
        "licence": _(
            "1C has no free license for another session. Close a session or add a "
            "license."
        ),
        "busy": _(
            "The 1C web server returned %(status)s: the infobase is busy or being "
            "updated. Try again later."
        ),
        "failed": _("1C returned an error (%(status)s): «%(said)s»."),
        "failed_unsaid": _(
            "1C returned an error (%(status)s). See its event log («Журнал "
            "регистрации») for details."
        ),
        "not_understood_unsaid": _(
            "1C did not understand the request. See its event log («Журнал "
            "регистрации») for details."
        ),
        "not_understood": _("1C did not understand the request: «%(said)s»."),
        "status": _(
            "The server returned %(status)s, which does not look like 1C. Check the "
            "address."
        ),
        "html": _(
            "The server returned a web page instead of data, most likely a sign-in "
            "page. Check the address, the login and the password."
        ),
        "not_json": _(
            "The response is not valid JSON or was cut short. Check the address, and "
            "that nothing between Odoo and 1C changes responses."
        ),
        "not_odata": _(
            "The response does not come from the OData interface of 1C. Check the "
            "address."
        ),
        "too_big": _(
            "1C sent more than %(limit)s MiB at once. A contractor probably holds too "
            "much data: check its attributes for files and pictures."
        ),
        "same_page": _(
            "1C keeps sending the same page. Check that nothing between Odoo and 1C "
            "caches responses."
        ),
        "too_many": _(
            "There are more than %(limit)s objects, which is too many to read."
        ),
    }
