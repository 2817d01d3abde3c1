"""The stop-word language guess."""

from __future__ import annotations

import pytest

from app.documents.language import guess_language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "This agreement is made on the first day of the month between the parties and shall be governed by the law."),
        (
            "de",
            "Bitte überweisen Sie den Betrag innerhalb von 14 Tagen auf das unten angegebene Konto. Die Rechnung ist offen.",
        ),
        ("fr", "Nous vous prions de bien vouloir régler la facture dans les trente jours, avec les références de votre commande."),
        ("nl", "Wij verzoeken u het bedrag van de factuur binnen veertien dagen over te maken op de rekening van het bedrijf."),
        (
            "es",
            "Le rogamos que abone el importe de la factura en los próximos días con la referencia del pedido.",
        ),
        (
            "it",
            "Vi preghiamo di pagare la fattura entro i termini indicati nel contratto con il numero di riferimento della società.",
        ),
        ("pt", "Solicitamos o pagamento da fatura no prazo de trinta dias com a referência do seu pedido e os dados da empresa."),
        ("pl", "Prosimy o zapłatę kwoty z faktury w ciągu czternastu dni na konto podane przez sprzedawcę oraz nie później."),
        (
            "tr",
            "Bu fatura için ödeme tarihi geçmiş olup toplam tutar ve vergi numarası ile birlikte banka hesabına yatırılmalıdır.",
        ),
        ("", "12345 67890"),
        ("", ""),
    ],
)
def test_guess(language: str, text: str) -> None:
    assert guess_language(text) == language
