"""What is said to the user of a base that cannot be asked, and of one that can."""

from ....onec.odata.objects import CONTRACTORS, CONTRACTS


def odata_sentence(connection, error):
    """Say in the user's language why 1C cannot be asked, and what to do.

    :param error: an ``OdataError``
    :return: sentences
    """
    sentences = odata_sentences(connection)
    if error.code == "name" and "." not in error.details["host"]:
        return sentences["short_name"] % error.details
    if error.details.get("said") == "":
        return sentences[f"{error.code}_unsaid"] % error.details
    return sentences[error.code] % error.details


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
    said = [_("1C answers. In the base: %(counted)s.", counted=counted)]
    if details["missing"]:
        said.append(
            _(
                "Names of managers or kinds of addresses will be missing until "
                "these are published, too: %(catalogues)s.",
                catalogues=", ".join(details["missing"]),
            )
        )
    return " ".join(said)


def odata_sentences(connection):
    """``{key of ODATA_ERRORS: sentence with its details}``, and variants."""
    _ = connection.env._
    return {
        "address": _(
            "«%(address)s» is no address of a base. It begins with http:// or "
            "https://, for instance https://server/base."
        ),
        "address_login": _(
            "There is a login in the address. Take it out: login and password have "
            "fields of their own."
        ),
        "password": connection._password_is_lost(),
        "name": _(
            "There is no server by the name of %(host)s. Check the address for "
            "typing errors."
        ),
        "short_name": _(
            "The server of Odoo knows no %(host)s. Your computer may know it: write "
            "its full name or its number (192.168.…) into the address."
        ),
        "forbidden": _(
            "%(host)s is the server of Odoo itself or a service of its cloud, and "
            "is not asked. If 1C does stand there, let whoever administers the "
            "server name it under «allowed_hosts» in the configuration of Odoo."
        ),
        "refused": _(
            "On %(host)s nothing answers at port %(port)s. Is the web server "
            "running, and is the port right?"
        ),
        "unreachable": _(
            "%(host)s cannot be reached from the server of Odoo. Check the network, "
            "the firewall and the VPN."
        ),
        "timeout": _(
            "%(host)s has not answered for %(seconds)s seconds. Check whether the "
            "base opens in a browser, and try again."
        ),
        "cut": _(
            "The connection to %(host)s broke in the middle of an answer. Try "
            "again; if that goes on, look at the network and at the web server."
        ),
        "tls_untrusted": _(
            "Nobody known has signed the certificate of %(host)s. If that is your "
            "own server, press «Trust this certificate»; else do not go on."
        ),
        "tls_expired": _(
            "The certificate of %(host)s is not valid today. Have it renewed, or "
            "press «Trust this certificate» if that is your own server."
        ),
        "tls_name": _(
            "The certificate of %(host)s is for another name. Write the name from "
            "the certificate into the address, or press «Trust this certificate» "
            "if that is your own server."
        ),
        "tls_changed": _(
            "%(host)s shows another certificate than the one you trust. If it was "
            "renewed, press «Trust this certificate»; if not, somebody may be "
            "listening."
        ),
        "tls_none": _(
            "%(host)s does not speak https at this port. Begin the address with "
            "http://, or name the port of https."
        ),
        "redirect": _(
            "The server sends us on to %(location)s. If that is right, enter that "
            "address: a password is not carried elsewhere."
        ),
        "login": _(
            "1C does not accept the login and password. Check them, and that the "
            "user may sign in with «Аутентификация 1С:Предприятия»."
        ),
        "rights": _(
            "The user of 1C may not read this. Give him a role that reads "
            "contractors, and «Удаленный доступ OData» if there is such a role."
        ),
        "not_published": _(
            "There is no OData interface at %(address)s. Publish the base on the "
            "web server with «Публиковать стандартный интерфейс OData» ticked, and "
            "check its name in the address."
        ),
        "no_catalogue": _(
            "%(catalogue)s is not in the OData interface. In 1C: «Администрирование», "
            "«Синхронизация данных», «Настройка стандартного интерфейса OData», "
            "tick the catalogue on the page «Состав»."
        ),
        "too_often": _("1C is asked too often. Try again in a few minutes."),
        "licence": _(
            "1C has no licence free for one more session. Close a session or add a "
            "licence."
        ),
        "busy": _(
            "The web server of 1C answers %(status)s: the base is busy, or it is "
            "being updated. Try again later."
        ),
        "failed": _("1C answers with an error (%(status)s): «%(said)s»."),
        "failed_unsaid": _(
            "1C answers with an error (%(status)s). What has happened stands in its "
            "event log («Журнал регистрации»)."
        ),
        "not_understood_unsaid": _(
            "1C has not understood the question. What it misses stands in its event "
            "log («Журнал регистрации»)."
        ),
        "not_understood": _("1C has not understood the question: «%(said)s»."),
        "status": _(
            "The server answers %(status)s, and not as 1C does. Check the address."
        ),
        "html": _(
            "The server answers with a page for people, and not with data. Mostly "
            "that is a page to sign in: check the address, the login and the "
            "password."
        ),
        "not_json": _(
            "The answer is no JSON, or was cut short. Check the address, and that "
            "nothing between Odoo and 1C changes answers."
        ),
        "not_odata": _(
            "The answer is not one of the OData interface of 1C. Check the address."
        ),
        "too_big": _(
            "1C sends more than %(limit)s MiB at once. Some contractor must hold "
            "very much: look at files and pictures among his attributes."
        ),
        "same_page": _(
            "1C sends the same page again and again. Check that nothing between "
            "Odoo and 1C keeps answers (a cache)."
        ),
        "too_many": _("There are more than %(limit)s objects; that is not read."),
    }
