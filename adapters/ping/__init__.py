"""PingFederate and PingOne: bearer tokens of our API, verified by the keys the identity provider publishes."""
