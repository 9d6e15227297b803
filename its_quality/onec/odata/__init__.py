"""A base of 1C that is asked over the OData interface of its platform."""
