"""How the administration says things: what stands in the audit log, and how a launch came in."""

from veranderkracht.languages import later, say

ACTS = {
    "registration-added": later("voegde een leeromgeving toe"),
    "registration-changed": later("wijzigde een leeromgeving"),
    "registration-renewed": later("bracht een leeromgeving bij"),
    "deployment-added": later("voegde een deployment toe"),
    "deployment-removed": later("verwijderde een deployment"),
    "deployment-switched-off": later("zette een deployment uit"),
    "deployment-switched-on": later("zette een deployment weer aan"),
    "deployment-accepted": later("aanvaardde een deployment"),
    "connection-tested": later("testte een verbinding"),
    "invite-made": later("maakte een uitnodiging"),
    "invite-withdrawn": later("trok een uitnodiging in"),
    "admin-link-made": later("maakte een aanmeldlink"),
    "admin-signed-in": later("meldde zich aan"),
    "admin-signed-out": later("meldde zich af"),
    "admin-signed-out-everywhere": later("meldde zich overal af"),
    "learner-exported": later("exporteerde de gegevens van een lerende"),
    "learner-forgotten": later("wiste de gegevens van een lerende"),
    "retention-changed": later("veranderde de bewaartermijn"),
    "retention-cleaned": later("wiste wie lang wegbleef"),
}
WAYS = {
    "cookie": later("in het kader, met een cookie"),
    "storage": later("in het kader, via de opslag van de leeromgeving"),
    "window": later("in een nieuw venster"),
}


def way(code: str) -> str:
    """Give in words how a launch came in."""
    return say(WAYS.get(code, code))


def act(code: str) -> str:
    """Give an act of the audit log in words; the code itself where there are none."""
    return say(ACTS.get(code, code))
