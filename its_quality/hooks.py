"""What has to happen around the installation of the addon, and at its end."""

from odoo.tools.sql import column_exists, create_column

from .tools.log_mask import install
from .uninstalling import Uninstalling, remember_tax_label

# Stored computes that this addon adds to res.partner, with their column types.
# A column that is already there when the registry is set up is not computed for
# the existing rows, so installing on 100 000 partners does not walk them.
PARTNER_COLUMNS = {"its_name_key": "varchar"}


def pre_init_hook(env):
    """Add the columns of our stored computes to ``res.partner``, empty; remember what
    our data will replace.

    :param env: the environment of the database the addon is installed into
    """
    for name, column_type in PARTNER_COLUMNS.items():
        if not column_exists(env.cr, "res_partner", name):
            create_column(env.cr, "res_partner", name, column_type)
    remember_tax_label(env)


def uninstall_hook(env):
    """Remove what Odoo would leave behind or stumble over.

    :param env: the environment of the database, with everything still in it
    """
    Uninstalling(env).run()


def post_load():
    """Mask secrets in the log of this process, before it serves a request."""
    install()
