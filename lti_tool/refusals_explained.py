"""What a refused launch means to an administrator, and what to do about it; one for each code."""

from veranderkracht.languages import later, say

_WRONG_TARGET = later(
    "Een link in de leeromgeving wijst naar een ander adres dan deze tool. Zet bij Tool-URL, Redirect URI en Deep "
    "Linking precies het startadres van deze tool (het eindigt op /lti/launch)."
)
_SEND_AGAIN = later(
    "Dit gebeurt bij verversen, teruggaan of lang wachten. Laat de persoon de activiteit opnieuw openen."
)
_BROKEN = later(
    "Wat de leeromgeving stuurde, is geen geldig LTI 1.3-bericht. Kijk na of de tool daar als LTI 1.3 staat, niet "
    "als 1.1."
)
_NOT_OURS = later(
    "Dit bericht is voor een andere tool of een andere leeromgeving bedoeld. Vergelijk issuer en client-id hier "
    "letter voor letter met wat de leeromgeving toont, ook de schuine streep op het einde."
)
_CLAIMS = later(
    "De leeromgeving laat iets weg dat nodig is. Kijk na of de link als gewone activiteit (resource link) geplaatst"
    " is, en of de tool in de leeromgeving op LTI 1.3 staat."
)
_DEEP_LINK = later(
    "De leeromgeving vraagt om activiteiten te kiezen, maar op een manier die deze tool niet kent. Zet Deep Linking"
    " aan voor gewone LTI-links (ltiResourceLink), met als adres het startadres."
)

EXPLANATIONS: dict[str, str] = {
    "login-incomplete": later(
        "De leeromgeving begon de aanmelding zonder alle gegevens. Kijk na of het aanmeldadres (login URL) als "
        "OIDC-aanmelding ingevuld is, en niet als startadres."
    ),
    "platform-unknown": later(
        "Deze combinatie van issuer en client-id staat hier niet. Voeg de leeromgeving toe, of vergelijk beide "
        "letter voor letter met wat hier staat; zonder schuine streep op het einde."
    ),
    "target-foreign": _WRONG_TARGET,
    "platform-error": later(
        "De leeromgeving brak de aanmelding zelf af. Kijk na of het startadres daar bij de Redirect URI's staat, en"
        " of de persoon daar aangemeld was."
    ),
    "state-missing": later("Iemand opende het startadres rechtstreeks. Laat de activiteit vanuit de cursus openen."),
    "state-invalid": later(
        "Dit gebeurt bij verversen, teruggaan of lang wachten. Laat de persoon de activiteit opnieuw openen. Blijft "
        "het, kijk dan of alle servers van deze tool hetzelfde VK_LTI_SECRET hebben."
    ),
    "state-expired": later(
        "De aanmelding duurde langer dan tien minuten. Laat de persoon de activiteit opnieuw openen."
    ),
    "browser-mismatch": later(
        "De browser hield de cookie van deze start tegen. Laat een andere browser proberen, of laat de leeromgeving"
        " de activiteit in een nieuw venster openen."
    ),
    "token-missing": _BROKEN,
    "token-malformed": _BROKEN,
    "token-algorithm": later("De leeromgeving tekent anders dan LTI voorschrijft. Zet het algoritme daar op RS256."),
    "key-unknown": later(
        "De leeromgeving tekent met een sleutel die niet op haar sleuteladres staat. Kijk na of het JWKS-adres hier"
        " dat van deze leeromgeving is; na een sleutelwissel daar helpt een minuut wachten."
    ),
    "keys-unreachable": later(
        "We kunnen de sleutels van de leeromgeving niet ophalen. Kijk het JWKS-adres en de firewall na, en test de "
        "verbinding."
    ),
    "signature-invalid": later(
        "De handtekening klopt niet met de sleutel van de leeromgeving. Kijk na of het JWKS-adres van deze "
        "leeromgeving is, en niet van een testomgeving."
    ),
    "token-expired": later(
        "Dit gebeurt bij verversen, teruggaan of lang wachten. Laat de persoon de activiteit opnieuw openen. Gebeurt "
        "het bij iedereen, kijk dan of de klokken van beide servers gelijk lopen."
    ),
    "token-future": later(
        "De klok van de leeromgeving loopt voor op de onze, of de onze loopt achter. Zet beide servers op tijd."
    ),
    "token-times": _BROKEN,
    "issuer-mismatch": _NOT_OURS,
    "audience-mismatch": _NOT_OURS,
    "azp-mismatch": _NOT_OURS,
    "deployment-unknown": later(
        "De leeromgeving is gekend, maar dit deployment-id nog niet. Hoort het bij een instelling, aanvaard het dan"
        " of voeg het toe bij de deployments."
    ),
    "deployment-off": later(
        "Dit deployment staat uit. Zet het bij de deployments weer aan als er opnieuw gestart mag worden."
    ),
    "version-unsupported": later("De link is van een oudere LTI-versie. Zet de tool in de leeromgeving op LTI 1.3."),
    "message-unsupported": later(
        "De leeromgeving stuurt een soort bericht dat deze tool niet kent. Gebruik de tool als activiteit, of met "
        "Deep Linking om activiteiten te kiezen."
    ),
    "claims-incomplete": _CLAIMS,
    "nonce-missing": _BROKEN,
    "nonce-mismatch": _SEND_AGAIN,
    "nonce-used": later(
        "Dezelfde start kwam twee keer. Dit gebeurt bij verversen, teruggaan of lang wachten. Laat de persoon de "
        "activiteit opnieuw openen."
    ),
    "user-missing": later(
        "De leeromgeving zegt niet wie er start. Zet het doorgeven van de gebruiker aan (in Brightspace: User ID "
        "aan, Anonymous uit); gasten kunnen niet starten."
    ),
    "deep-link-incomplete": _DEEP_LINK,
    "deep-link-types": _DEEP_LINK,
    "deep-link-role": later(
        "Iemand zonder docentrol in de cursus wilde activiteiten kiezen. Geef die persoon daar een docentrol."
    ),
    "review-incomplete": later(
        "De leeromgeving vraagt het werk van één lerende op (Submission Review), maar zegt niet van wie. Kijk na of de "
        "link op die manier vanuit het puntenboek geopend werd, en niet vanuit de cursus."
    ),
    "review-unknown": later(
        "Iemand opende werk vanuit een kolom van het puntenboek waar geen activiteit van deze tool bij hoort. Meestal "
        "is de activiteit in de cursus verwijderd: haal de kolom dan ook weg, of plaats de activiteit opnieuw."
    ),
    "review-other": later(
        "Iemand zonder docentrol in de cursus wilde het werk van een ander zien. Geef die persoon daar een docentrol, "
        "als dat de bedoeling is."
    ),
}


def explain(code: str) -> str:
    """Give what an administrator does about a refusal's code."""
    return say(EXPLANATIONS.get(code, later("Kijk in het logboek van de server wat er met deze start was.")))
