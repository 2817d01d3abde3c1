"""What `find_candidates` finds, type by type."""

from __future__ import annotations

import pytest

from app.documents.recognizers import find_candidates
from app.documents.recognizers.check_digits import has_wrong_check_digits
from app.domain.task import FieldType


def values(kind: FieldType, text: str, language: str = "") -> list[str]:
    return [candidate.value for candidate in find_candidates(text, (kind,), language=language)]


def texts(kind: FieldType, text: str, language: str = "") -> list[str]:
    return [candidate.text for candidate in find_candidates(text, (kind,), language=language)]


@pytest.mark.parametrize(
    ("printed", "value", "currency"),
    [
        ("1.234,56", "1234.56", None),
        ("1,234.56", "1234.56", None),
        ("1'234.56 CHF", "1234.56", "CHF"),
        ("1’234.56", "1234.56", None),
        ("1\u00a0234,56 €", "1234.56", "EUR"),
        ("€ 1 234,56", "1234.56", "EUR"),
        ("1,23,456.00", "123456.00", None),
        ("$1,234", "1234", "USD"),
        ("US$ 5m", "5000000", "USD"),
        ("EUR 3 Mio.", "3000000", "EUR"),
        ("(123.45)", "-123.45", None),
        ("($1,234.00)", "-1234.00", "USD"),
        ("123.45-", "-123.45", None),
        ("123.45 CR", "-123.45", None),
        ("-$12.00", "-12.00", "USD"),
        ("EUR -3,00", "-3.00", "EUR"),
        ("12,- €", "12", "EUR"),
        ("$.99", "0.99", "USD"),
        ("RM12.90", "12.90", "MYR"),
        ("Rs.500/-", "500", "INR"),
        ("100 TL", "100", "TRY"),
        ("R$ 1.234,56", "1234.56", "BRL"),
        ("12,30 zł", "12.30", "PLN"),
        ("12.50SR", "12.50", None),
        ("€12,50/month", "12.50", "EUR"),
        ("Total: 45", "45", None),
    ],
)
def test_amount(printed: str, value: str, currency: str | None) -> None:
    found = find_candidates(printed, (FieldType.AMOUNT,))
    assert [(candidate.value, candidate.currency) for candidate in found] == [(value, currency)]


@pytest.mark.parametrize(
    "printed",
    [
        "19 %",
        "5.00 %",
        "40235 Duesseldorf",
        "10:30",
        "01.08.2013",
        "10.0.0.1",
        "Section 5.10",
        "v2.10",
        "RE-2024/0012",
        "3 Stk",
        "Konto 1234567890 EUR",
    ],
)
def test_what_is_no_amount(printed: str) -> None:
    assert values(FieldType.AMOUNT, printed) == []


def test_percentages_are_numbers() -> None:
    assert values(FieldType.NUMBER, "19 % of 200") == ["19", "200"]


def test_decimal_separator_of_the_document_settles_ambiguous_amounts() -> None:
    assert values(FieldType.AMOUNT, "Total 1,500 EUR\n12,50\n13,70")[0] == "1.500"
    assert values(FieldType.AMOUNT, "Total 1,500 EUR\n12.50\n13.70")[0] == "1500"
    assert values(FieldType.AMOUNT, "Total 1,500 EUR")[0] == "1500"


def test_blank_grouped_thousands_are_one_amount_where_the_language_groups_so() -> None:
    assert values(FieldType.AMOUNT, "Total 120 000,00 EUR", "fr") == ["120000.00"]
    assert values(FieldType.AMOUNT, "SIREN 123 456 782", "fr") == []


def test_a_range_of_amounts_is_not_negative() -> None:
    assert values(FieldType.AMOUNT, "$1,000-$2,000") == ["1000", "2000"]


def test_blank_separated_columns_stay_apart_in_languages_that_group_with_points() -> None:
    assert values(FieldType.AMOUNT, "Menge 2 100,00", "de") == ["100.00"]


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("von 29.10.2015 an", "2015-10-29"),
        ("25/12/2018 8:13", "2018-12-25"),
        ("12/25/2018", "2018-12-25"),
        ("18/1 0/2018", "2018-10-18"),
        ("2018-06-25T10:00:00Z", "2018-06-25"),
        ("20181230", "2018-12-30"),
        ("6-Oct-93", "1993-10-06"),
        ("05MAR2020", "2020-03-05"),
        ("March 1, 2004", "2004-03-01"),
        ("this 1st day of March, 2004", "2004-03-01"),
        ("this 31st day of May , 2005", "2005-05-31"),
        ("the 14 day ofth\nDecember, 2011", "2011-12-14"),
        ("the twenty-first day of June, 2020", "2020-06-21"),
        ("October 15,\n                    2000", "2000-10-15"),
        ("12. März 2018", "2018-03-12"),
        ("1er janvier 2020", "2020-01-01"),
        ("3 januari 2020", "2020-01-03"),
        ("12 de marzo de 2018", "2018-03-12"),
        ("5 maggio 2020", "2020-05-05"),
        ("12 de março de 2020", "2020-03-12"),
        ("12 stycznia 2020 r.", "2020-01-12"),
        ("15 KASIM 2021", "2021-11-15"),
        ("12 AĞUSTOS 2020", "2020-08-12"),
        ("5 syyskuuta 2020", "2020-09-05"),
        ("2020. március 12.", "2020-03-12"),
        ("2004年3月1日", "2004-03-01"),
        ("Datum29.10.2015", "2015-10-29"),
        ("14/03/20185:57:07PM", "2018-03-14"),
    ],
)
def test_date(printed: str, value: str) -> None:
    assert values(FieldType.DATE, printed) == [value]


@pytest.mark.parametrize(
    "printed",
    [
        "31/02/2020",
        "1.2.3",
        "10.10.10.10",
        "INV-2020-01-02",
        "2018-06-0001",
        "RE-20140703/502",
        "March 2020",
        "20181332",
        "01/01/1899",
    ],
)
def test_what_is_no_date(printed: str) -> None:
    assert values(FieldType.DATE, printed) == []


@pytest.mark.parametrize(
    "printed",
    ["03 SEP   03 SEP", "03 SEP 04 SEP", "21 Sep  18 coffees", "Sep 3   04 Sep", "02 Nov\n03 Nov", "2 May\t12 items", "Jan 4.00"],
)
def test_the_next_column_is_no_year(printed: str) -> None:
    assert values(FieldType.DATE, printed) == []


STATEMENT = "Account statement to 20 January 2026\n\n{} Baker and sons   12.40\n{} Rent   800.00\n"


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (("28 Dec", "02 Jan"), ["2025-12-28", "2026-01-02"]),
        (("Dec 28  Dec 29", "Jan 2  Jan 3"), ["2025-12-28", "2025-12-29", "2026-01-02", "2026-01-03"]),
        (("12/28", "01/02"), ["2025-12-28", "2026-01-02"]),
        (("28/12", "02/01"), ["2025-12-28", "2026-01-02"]),
        (("Set 1", "Set 2"), []),
        (("1/2", "3/4"), []),
    ],
)
def test_the_year_of_a_lists_days_is_that_of_the_document(days: tuple[str, str], found: list[str]) -> None:
    assert values(FieldType.DATE, STATEMENT.format(*days)) == ["2026-01-20", *found]


@pytest.mark.parametrize(
    "text",
    [
        "28 Dec Baker 12.40\n02 Jan Rent 800.00",
        "From 1 May 2019 to 20 January 2026\n28 Dec Baker 12.40\n02 Jan Rent 800.00",
        "On 20 January 2026 we meet.\n28 Dec is too early\n02 Jan is a holiday",
        "On 20 January 2026 we paid 12.40 as of\n28 Dec and then 3.00 as of the days from 1 Jan to 02 Jan 4.00",
    ],
)
def test_no_list_or_no_single_year_gives_no_day(text: str) -> None:
    assert all(candidate.end - candidate.start > 8 for candidate in find_candidates(text, (FieldType.DATE,)))


def test_the_day_before_a_range_is_not_joined_to_its_end() -> None:
    assert values(FieldType.DATE, "Mar 1 - Mar 31, 2026") == ["2026-03-31"]


def test_date_ranges_give_both_ends() -> None:
    assert values(FieldType.DATE, "10/27/20-11/02/20") == ["2020-10-27", "2020-11-02"]
    assert values(FieldType.DATE, "01.01.2020-31.12.2020") == ["2020-01-01", "2020-12-31"]


def test_one_clear_date_settles_the_order_of_all() -> None:
    assert values(FieldType.DATE, "03/04/2020 and 03/25/2020")[0] == "2020-03-04"
    assert values(FieldType.DATE, "03/04/2020 and 25/03/2020")[0] == "2020-04-03"


def test_money_and_language_hint_at_the_order() -> None:
    assert values(FieldType.DATE, "03/04/2020 Total RM 5.00", "en") == ["2020-04-03"]
    assert values(FieldType.DATE, "03/04/2020 Total $ 5.00 Prescott, AZ 86304", "en") == ["2020-03-04"]
    assert values(FieldType.DATE, "03/04/2020", "tr") == ["2020-04-03"]


def test_the_caller_may_set_the_order() -> None:
    found = find_candidates("03/04/2020", (FieldType.DATE,), day_first=False)
    assert [candidate.value for candidate in found] == ["2020-03-04"]


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("3:30 PM", "15:30"), ("3.30 p.m.", "15:30"), ("3 pm", "15:00"), ("15:30", "15:30"), ("15.30 Uhr", "15:30"),
        ("15h30", "15:30"),
        ("noon", "12:00"), ("at 1530", "15:30"), ("10:30:45", "10:30:45"), ("12 a.m.", "00:00"), ("12:30 PM", "12:30"),
        ("7:30p", "19:30"),
    ],
)  # fmt: skip
def test_time(printed: str, value: str) -> None:
    assert values(FieldType.TIME, printed) == [value]


def test_a_time_that_runs_into_its_date_is_found() -> None:
    assert values(FieldType.TIME, "14/03/20185:57:07PM") == ["17:57:07"]


def test_the_start_of_a_time_range_takes_the_half_of_its_end() -> None:
    assert values(FieldType.TIME, "3:30 - 5:00 PM") == ["15:30", "17:00"]
    assert values(FieldType.TIME, "11:00-12:30 pm") == ["11:00", "12:30"]
    assert values(FieldType.TIME, "3-5 pm") == ["15:00", "17:00"]


@pytest.mark.parametrize(
    ("printed", "text", "value"),
    [
        ("for three (3) years", "three (3) years", "P3Y"),
        ("a period of two years", "two years", "P2Y"),
        ("24 months", "24 months", "P24M"),
        ("one-year period", "one-year", "P1Y"),
        ("twenty-four (24) months", "twenty-four (24) months", "P24M"),
        ("30 (thirty) days", "30 (thirty) days", "P30D"),
        ("1 1/2 hours", "1 1/2 hours", "PT1.5H"),
        ("the second (2nd) anniversary of", "second (2nd) anniversary", "P2Y"),
        ("binnen 14 Tagen", "14 Tagen", "P14D"),
        ("30 gün", "30 gün", "P30D"),
    ],
)
def test_duration(printed: str, text: str, value: str) -> None:
    assert [(found.text, found.value) for found in find_candidates(printed, (FieldType.DURATION,))] == [(text, value)]


@pytest.mark.parametrize(
    ("printed", "value", "verified"),
    [
        ("IBAN DE88 2008 0000 0970 3757 00 BIC COBADEFF", "DE88200800000970375700", True),
        ("IBAN:DE88200800000970375700BIC", "DE88200800000970375700", True),
        ("(IBAN DE05 2008 0000 0970 3757\n00)", None, False),
        ("(IBAN DE88 2008 0000 0970 3757\n00)", "DE88200800000970375700", True),
        ("GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432", True),
        ("IBAN: DE88 2008 0000 0970 3757 01", "DE88200800000970375701", False),
        ("to DE88 2008 0000 0970 3757 01", "DE88200800000970375701", False),
    ],
)
def test_iban(printed: str, value: str | None, verified: bool) -> None:
    found = find_candidates(printed, (FieldType.IBAN,))
    full = [(candidate.value, candidate.verified) for candidate in found if len(candidate.value) == 22]
    assert full == ([(value, verified)] if value else [])


def test_an_iban_that_lacks_figures_is_a_candidate_without_proof() -> None:
    (found,) = find_candidates("pay to DE88 2008 0000 0970 3757 0 soon", (FieldType.IBAN,))
    assert (found.value, found.verified) == ("DE8820080000097037570", False)


@pytest.mark.parametrize(
    ("type_", "value", "is_wrong"),
    [
        (FieldType.IBAN, "DE88200800000970375700", False),
        (FieldType.IBAN, "DE88200800000970375701", True),
        (FieldType.IDENTIFIER, "US0378331005", False),
        (FieldType.IDENTIFIER, "US0378331006", True),
        (FieldType.IDENTIFIER, "RE-2024-118", False),
    ],
)
def test_wrong_check_digits_are_told(type_: FieldType, value: str, is_wrong: bool) -> None:
    assert has_wrong_check_digits(type_, value) is is_wrong


@pytest.mark.parametrize("printed", ["London EC4Y 9AY", "8802 Kilchberg ZH", "1050 Wien"])
def test_postcodes_are_no_identifiers(printed: str) -> None:
    assert find_candidates(printed, (FieldType.IDENTIFIER,)) == []


@pytest.mark.parametrize(
    ("printed", "value", "verified"),
    [
        ("USt-IdNr. DE 136 695 976", "DE136695976", True),
        ("VAT: DE123456788", "DE123456788", True),
        ("VAT: DE123456789", "DE123456789", False),
        ("Steuernummer 201/113/40209", "20111340209", False),
        ("CHE-123.456.788 MWST", "CHE123456788MWST", True),
        ("VKN: 4840847211", "4840847211", True),
        ("TCKN 10000000146", "10000000146", True),
        ("GSTIN 27AAPFU0939F1ZV", "27AAPFU0939F1ZV", True),
        ("GST REG NO 001126838272", "001126838272", False),
        ("NIP: 526-10-40-828", "5261040828", True),
        ("P.IVA 00743110157", "00743110157", True),
        ("BE 0403.019.261", "BE0403019261", True),
        ("Tax ID 12-3456789", "123456789", False),
        ("ABN 51 824 753 556", "51824753556", True),
    ],
)
def test_tax_id(printed: str, value: str, verified: bool) -> None:
    found = find_candidates(printed, (FieldType.TAX_ID,))
    assert [(candidate.value, candidate.verified) for candidate in found] == [(value, verified)]


def test_an_amount_of_tax_stays_an_amount() -> None:
    assert values(FieldType.AMOUNT, "Subtotal 100.00 EUR\nVAT 19.00 EUR\nTotal 119.00 EUR") == ["100.00", "19.00", "119.00"]


@pytest.mark.parametrize(
    "printed",
    [
        "Tax date 2020-01-01",
        "Tax Invoice 12345678",
        "VAT 20.00",
        "VAT 19.00 EUR",
        "VAT 19.00 EUR 119.00",
        "VAT 1234.56 USD",
        "GST 12.50 112.50",
        "4840847211",
    ],
)
def test_what_is_no_tax_id(printed: str) -> None:
    assert values(FieldType.TAX_ID, printed) == []


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("Invoice No: F20180027", "F20180027"), ("Invoice #471102", "471102"), ("2018-06-0001", "2018-06-0001"),
        ("Rechnung Nr. 12", "12"),
        ("RE-2024/0012", "RE-2024/0012"), ("MBE-123", "MBE-123"), ("Nr.12345", "12345"), ("PO#12345", "12345"),
        ("R18-31 vom", "R18-31"),
        ("123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"), ("UC1_2023020_AFF", "UC1_2023020_AFF"),
    ],
)  # fmt: skip
def test_identifier(printed: str, value: str) -> None:
    assert values(FieldType.IDENTIFIER, printed) == [value]


def test_identifier_with_a_prefix_printed_apart_gives_both_readings() -> None:
    assert values(FieldType.IDENTIFIER, "CS 00031663") == ["CS 00031663", "00031663"]


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("Invoice number: RE 2026-11", "RE 2026-11"),
        ("Rechnungsnummer   QCS 2026/5521   Datum", "QCS 2026/5521"),
        ("Invoice no. 2026 / 17", "2026 / 17"),
        ("Invoice number: A 12", "A 12"),
        ("Invoice Number:\n7\nStatus:", "7"),
        ("Doklad č.: 20260318", "20260318"),
    ],
)
def test_a_short_run_alone_behind_a_number_label_is_one_identifier(printed: str, value: str) -> None:
    assert values(FieldType.IDENTIFIER, printed) == [value]


def test_what_follows_a_plus_is_no_identifier() -> None:
    assert values(FieldType.IDENTIFIER, "Acme Corp\n+145453242342342\n") == []


def test_isin_and_wkn_printed_as_a_pair_are_found_alone() -> None:
    assert {"IE00B3WJKG14", "A142N1"} <= set(values(FieldType.IDENTIFIER, "(IE00B3WJKG14/A142N1)"))


def test_the_check_digit_of_a_securities_number_is_proven() -> None:
    found = {
        candidate.text: candidate.verified for candidate in find_candidates("US0378331005 US0378331006", [FieldType.IDENTIFIER])
    }
    assert found == {"US0378331005": True, "US0378331006": False}


@pytest.mark.parametrize(
    "printed",
    ["01.08.2013", "1.234,56", "RM30.00", "12.50SR", "3rd", "24/7", "6p-630p", "Prescott, AZ 86304-9032",
    "40235 Duesseldorf", "x@y1.de",
     "www.a1.de/12345", "+49 30 123456", "DE88 2008 0000 0970 3757 00", "2018"],
)  # fmt: skip
def test_what_is_no_identifier(printed: str) -> None:
    assert values(FieldType.IDENTIFIER, printed) == []


@pytest.mark.parametrize(
    ("printed", "value", "language"),
    [
        ("Tel. 01 02 03 54 87", "+33102035487", "fr"),
        ("(410)338-6432", "+14103386432", "en"),
        ("+90 (850) 811 11 99", "+908508111199", ""),
    ],
)
def test_phone(printed: str, value: str, language: str) -> None:
    found = find_candidates(printed, (FieldType.PHONE,), language=language)
    assert [(candidate.value, candidate.verified) for candidate in found] == [(value, True)]


@pytest.mark.parametrize(
    ("printed", "value"),
    [("Total in EUR", ["EUR"]), ("AMOUNT(RM)", ["MYR"]), ("Türk Lirası", ["TRY"]), ("ALL RIGHTS", []),
    ("para birimi: TRY", ["TRY"]),
     ("U.S. dollars", ["USD"]), ("C$5 and $6", ["CAD", "CAD"]), ("euphoria", [])],
)  # fmt: skip
def test_currency(printed: str, value: list[str]) -> None:
    assert values(FieldType.CURRENCY, printed) == value


def test_a_bare_dollar_is_the_documents_only_other_dollar() -> None:
    found = find_candidates("Prices in CAD. Total $5.00", (FieldType.AMOUNT,))
    assert [candidate.currency for candidate in found] == ["CAD"]


@pytest.mark.parametrize(
    ("text", "code", "either_way"),
    [
        ("12 Main St\nTotal $5.49", "USD", True),
        ("Springfield, IL 62704\nTotal $5.49", "USD", False),
        ("Red Deer, AB\nGST 5% $0.27\nTotal $5.49", "CAD", False),
        ("Halifax NS B3H 4R2\nTotal $5.49", "CAD", False),
        ("AMOUNT (S$)\nTotal $5.49", "SGD", False),
        ("9 Orchard Road, Singapore\nTotal $5.49", "SGD", False),
        ("ABN 51 824 753 556\nfive dollars", "AUD", False),
        ("SECURITIES ACT 1934 fee $5", "USD", True),
        ("Part H2E4K7 $3.00", "USD", True),
    ],
)
def test_the_country_of_a_paper_tells_its_dollar(text: str, code: str, either_way: bool) -> None:
    found = find_candidates(text, (FieldType.CURRENCY,))[-1]
    assert (found.value, found.either_way) == (code, either_way)


@pytest.mark.parametrize(
    ("text", "value", "either_way"),
    [
        ("05/04/2026 14:20", "2026-04-05", True),
        ("05/04/2026 2:20 PM", "2026-05-04", True),
        ("GST 0.49\n05/04/2026", "2026-04-05", True),
        ("Regina, SK\n05/04/2026", "2026-05-04", True),
        ("Austin, TX 78701\n05/04/2026", "2026-05-04", False),
        ("£3.20 on 05/04/2026", "2026-04-05", False),
        ("28/03/2026 and 05/04/2026", "2026-04-05", False),
        ("05.04.2026", "2026-04-05", False),
        ("05/05/2026", "2026-05-05", False),
        ("5 Apr 2026", "2026-04-05", False),
    ],
)
def test_whether_anything_tells_the_order_of_a_date(text: str, value: str, either_way: bool) -> None:
    found = find_candidates(text, (FieldType.DATE,), language="en")[-1]
    assert (found.value, found.either_way) == (value, either_way)


def test_email_is_lower_case_without_the_full_stop() -> None:
    assert values(FieldType.EMAIL, "Write to Max.Muster@Beispiel.DE.") == ["max.muster@beispiel.de"]


def test_only_the_wanted_types_come_back() -> None:
    found = find_candidates("29.10.2015 10:30 12,50 € a@b.de", (FieldType.DATE, FieldType.EMAIL))
    assert [candidate.type for candidate in found] == [FieldType.DATE, FieldType.EMAIL]


@pytest.mark.parametrize("text", ["The invoice of 12 Jan 24 may be paid", "3 Jan 24 set of chairs"])
def test_a_word_that_is_a_month_elsewhere_takes_no_year_away(text: str) -> None:
    assert [candidate.value[:7] for candidate in find_candidates(text, (FieldType.DATE,))] == ["2024-01"]


def test_the_last_day_of_a_leap_february_stands_among_days_without_a_year() -> None:
    text = "Statement date 31 March 2024\n28 Feb  Coffee  1.00\n29 Feb  Bread  2.00\n01 Mar  Tea  3.00\n"
    found = [candidate.value for candidate in find_candidates(text, (FieldType.DATE,)) if candidate.year_elsewhere]
    assert found == ["2024-02-28", "2024-02-29", "2024-03-01"]
