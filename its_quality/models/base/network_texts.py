"""Why a server gave no answer, in words; the one owner of them for every server that is
asked. Codes are those of :func:`...onec.unanswered.why_unanswered`."""


def network_sentences(env):
    """``{code: sentence}`` in the user's language: what is wrong and what to do.

    Each takes ``host``; ``refused`` also ``port``, ``timeout`` also ``seconds``, and
    ``forbidden`` also ``system``, the product that was to be asked.
    """
    _ = env._
    return {
        "name": _("The server %(host)s was not found. Check the address for typos."),
        "forbidden": _(
            "%(host)s is the Odoo server itself or a service of its cloud, so "
            "connecting to it is not allowed. If %(system)s really runs there, ask the "
            "server administrator to add it to «allowed_hosts» in the Odoo "
            "configuration."
        ),
        "refused": _(
            "Nothing responds on %(host)s, port %(port)s. Check that the web server "
            "is running and that the port is correct."
        ),
        "unreachable": _(
            "%(host)s cannot be reached from the Odoo server. Check the network, the "
            "firewall and the VPN."
        ),
        "timeout": _(
            "%(host)s did not respond within %(seconds)s seconds. Check that it opens "
            "in a browser, and try again."
        ),
        "cut": _(
            "The connection to %(host)s was interrupted. Try again; if it keeps "
            "happening, check the network and the web server."
        ),
        "tls_untrusted": _(
            "The certificate of %(host)s is not signed by a known authority."
        ),
        "tls_expired": _("The certificate of %(host)s is not valid today. Renew it."),
        "tls_name": _(
            "The certificate of %(host)s is for another name. Use the name from the "
            "certificate in the address."
        ),
        "tls_none": _(
            "%(host)s does not support https on this port. Start the address with "
            "http://, or specify the https port."
        ),
    }
