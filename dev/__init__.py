"""What `its` is made of.

Only the standard library is used here: this package is what fetches everything
else. One module, one idea:

=================  ==========================================================
cli                the commands and their help
console            what is said to the person at the terminal
paths              where things lie in the checkout
locks, stamps      two runs at once; what has been done already
processes          starting, watching and ending other programs
python_env         the virtual environment with Odoo's packages and our tools
node               the programs that come from npm
odoo_source        where Odoo 19.0 comes from
debian_odoo        Odoo 19.0 from the Debian archive, without root
postgres           the database server: the user's, or one of our own
wkhtmltopdf        the PDF printer that Odoo calls
chromium           the browser that the tests drive
odoo_process       how Odoo is started
databases          creating and dropping databases
templates          databases to take copies of
neighbours         addons of others, beside which ours has to work
clock              running as on another day
tier               which of the two tiers of the tests is run
server, demo       ./its serve, ./its demo
testing            ./its test
lint               ./its lint
bench              ./its bench
=================  ==========================================================
"""
