"""An infobase of 1C queried over the OData interface of its platform."""
