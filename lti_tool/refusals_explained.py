"""What a refused launch means to an administrator, and what to do about it, in Dutch; one for each code."""

_WRONG_TARGET = (
    "Een link in de leeromgeving wijst naar een ander adres dan deze tool. Zet bij Tool-URL, Redirect URI en Deep "
    "Linking precies het startadres van deze tool (het eindigt op /lti/launch)."
)
_SEND_AGAIN = "Dit gebeurt bij verversen, teruggaan of lang wachten. Laat de persoon de activiteit opnieuw openen."
_BROKEN = (
    "Wat de leeromgeving stuurde, is geen geldig LTI 1.3-bericht. Kijk na of de tool daar als LTI 1.3 staat, niet "
    "als 1.1."
)
_NOT_OURS = (
    "Dit bericht is voor een andere tool of een andere leeromgeving bedoeld. Vergelijk issuer en client-id hier "
    "letter voor letter met wat de leeromgeving toont, ook de schuine streep op het einde."
)
_CLAIMS = (
    "De leeromgeving laat iets weg dat nodig is. Kijk na of de link als gewone activiteit (resource link) geplaatst"
    " is, en of de tool in de leeromgeving op LTI 1.3 staat."
)
_DEEP_LINK = (
    "De leeromgeving vraagt om activiteiten te kiezen, maar op een manier die deze tool niet kent. Zet Deep Linking"
    " aan voor gewone LTI-links (ltiResourceLink), met als adres het startadres."
)

EXPLANATIONS: dict[str, str] = {
    "login-incomplete": (
        "De leeromgeving begon de aanmelding zonder alle gegevens. Kijk na of het aanmeldadres (login URL) als "
        "OIDC-aanmelding ingevuld is, en niet als startadres."
    ),
    "platform-unknown": (
        "Deze combinatie van issuer en client-id staat hier niet. Voeg de leeromgeving toe, of vergelijk beide "
        "letter voor letter met wat hier staat; zonder schuine streep op het einde."
    ),
    "target-foreign": _WRONG_TARGET,
    "platform-error": (
        "De leeromgeving brak de aanmelding zelf af. Kijk na of het startadres daar bij de Redirect URI's staat, en"
        " of de persoon daar aangemeld was."
    ),
    "state-missing": ("Iemand opende het startadres rechtstreeks. Laat de activiteit vanuit de cursus openen."),
    "state-invalid": _SEND_AGAIN
    + " Blijft het, kijk dan of alle servers van deze tool hetzelfde VK_LTI_SECRET hebben.",
    "state-expired": ("De aanmelding duurde langer dan tien minuten. Laat de persoon de activiteit opnieuw openen."),
    "browser-mismatch": (
        "De browser hield de cookie van deze start tegen. Laat een andere browser proberen, of laat de leeromgeving"
        " de activiteit in een nieuw venster openen."
    ),
    "token-missing": _BROKEN,
    "token-malformed": _BROKEN,
    "token-algorithm": ("De leeromgeving tekent anders dan LTI voorschrijft. Zet het algoritme daar op RS256."),
    "key-unknown": (
        "De leeromgeving tekent met een sleutel die niet op haar sleuteladres staat. Kijk na of het JWKS-adres hier"
        " dat van deze leeromgeving is; na een sleutelwissel daar helpt een minuut wachten."
    ),
    "keys-unreachable": (
        "We kunnen de sleutels van de leeromgeving niet ophalen. Kijk het JWKS-adres en de firewall na, en test de "
        "verbinding."
    ),
    "signature-invalid": (
        "De handtekening klopt niet met de sleutel van de leeromgeving. Kijk na of het JWKS-adres van deze "
        "leeromgeving is, en niet van een testomgeving."
    ),
    "token-expired": _SEND_AGAIN + " Gebeurt het bij iedereen, kijk dan of de klokken van beide servers gelijk lopen.",
    "token-future": (
        "De klok van de leeromgeving loopt voor op de onze, of de onze loopt achter. Zet beide servers op tijd."
    ),
    "token-times": _BROKEN,
    "issuer-mismatch": _NOT_OURS,
    "audience-mismatch": _NOT_OURS,
    "azp-mismatch": _NOT_OURS,
    "deployment-unknown": (
        "De leeromgeving is gekend, maar dit deployment-id nog niet. Hoort het bij een instelling, aanvaard het dan"
        " of voeg het toe bij de deployments."
    ),
    "deployment-off": (
        "Dit deployment staat uit. Zet het bij de deployments weer aan als er opnieuw gestart mag worden."
    ),
    "version-unsupported": ("De link is van een oudere LTI-versie. Zet de tool in de leeromgeving op LTI 1.3."),
    "message-unsupported": (
        "De leeromgeving stuurt een soort bericht dat deze tool niet kent. Gebruik de tool als activiteit, of met "
        "Deep Linking om activiteiten te kiezen."
    ),
    "claims-incomplete": _CLAIMS,
    "nonce-missing": _BROKEN,
    "nonce-mismatch": _SEND_AGAIN,
    "nonce-used": "Dezelfde start kwam twee keer. " + _SEND_AGAIN,
    "user-missing": (
        "De leeromgeving zegt niet wie er start. Zet het doorgeven van de gebruiker aan (in Brightspace: User ID "
        "aan, Anonymous uit); gasten kunnen niet starten."
    ),
    "deep-link-incomplete": _DEEP_LINK,
    "deep-link-types": _DEEP_LINK,
    "deep-link-role": (
        "Iemand zonder docentrol in de cursus wilde activiteiten kiezen. Geef die persoon daar een docentrol."
    ),
    "review-incomplete": (
        "De leeromgeving vraagt het werk van één lerende op (Submission Review), maar zegt niet van wie. Kijk na of de "
        "link op die manier vanuit het puntenboek geopend werd, en niet vanuit de cursus."
    ),
    "review-unknown": (
        "Iemand opende werk vanuit een kolom van het puntenboek waar geen activiteit van deze tool bij hoort. Meestal "
        "is de activiteit in de cursus verwijderd: haal de kolom dan ook weg, of plaats de activiteit opnieuw."
    ),
    "review-other": (
        "Iemand zonder docentrol in de cursus wilde het werk van een ander zien. Geef die persoon daar een docentrol, "
        "als dat de bedoeling is."
    ),
}


def explain(code: str) -> str:
    """Give what an administrator does about a refusal's code."""
    return EXPLANATIONS.get(code, "Kijk in het logboek van de server wat er met deze start was.")
