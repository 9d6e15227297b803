"""Home: the page on which each role begins its day, and the first hour after installing.

Stands on all other rooms."""

from . import day, first_hour, its_client_making, its_home, res_partner, timeline
