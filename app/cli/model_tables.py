"""How `deskhand models` shows models: as tables for people, as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from app.catalog.machine import Machine
from app.catalog.offers import Offer, Recommendation
from app.cli.console import cell, one_line, out, write_line

_PURPOSES = {"extract": "fields", "classify": "classes", "summarize": "summaries", "vision": "scans"}
_WHY = {
    "best": "the best that fits",
    "fast_enough": "the best that fits and is fast enough here",
    "only_one_that_fits": "nothing faster or better fits",
    "none_fits": "no model for this fits this computer",
}
_STATES = {
    "installed": "here",
    "linked": "in place",
    "shared": "for everyone",
    "damaged": "DAMAGED",
    "busy": "on its way",
    "absent": "",
}


def shown_size(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.2f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"


def row_of(offer: Offer, found_in: str = "", tested: bool | None = None) -> dict[str, Any]:
    """One model as programs get it."""
    spec = offer.spec
    return {
        "id": spec.id,
        "name": spec.name,
        "publisher": spec.publisher,
        "installed": offer.is_here,
        "state": "damaged" if offer.is_damaged else offer.state,
        "part_bytes": offer.part_bytes,
        "found_in": found_in,
        "fits": offer.fit.fits,
        "verdict": offer.fit.verdict.value,
        "reason": offer.fit.reason.value,
        "size_bytes": spec.main_file.size_bytes,
        "memory_bytes": offer.fit.need_bytes,
        "documents_per_minute": round(offer.speed.documents_per_minute, 1),
        "speed_source": offer.speed.source,
        "speed_documents": offer.speed.n_documents,
        "speed": spec.speed,
        "rank": spec.rank,
        "license": spec.license.id,
        "license_url": spec.license.url,
        "must_accept": spec.license.must_accept,
        "languages": spec.languages,
        "turkish": spec.turkish,
        "good_for": spec.good_for.en if spec.good_for else "",
        "tasks": list(spec.tasks),
        "purpose": spec.purpose,
        "prompt_family": spec.prompt_family,
        "tested": tested,
        "sha256": spec.main_file.sha256,
        "notes": spec.notes,
    }


def show_machine(machine: Machine, *, measured: bool) -> None:
    """One line above a table: what the recommendations rest on."""
    memory = machine.memory
    parts = [
        f"{machine.processor}, {machine.n_cores} cores{' (old)' if machine.is_processor_old else ''}",
        f"{shown_size(memory.total_bytes)} of memory, {shown_size(memory.available_bytes)} free",
        *(f"{card.name} with {shown_size(card.total_bytes)}, {shown_size(card.free_bytes)} free" for card in machine.graphics),
        f"{shown_size(machine.disk_free_bytes)} of disk free" if machine.disk_free_bytes is not None else "",
        "on battery, which slows models down" if machine.on_battery else "",
        "speeds measured here" if measured else "speeds (~) estimated until a model has run",
    ]
    write_line(one_line("; ".join(part for part in parts if part)))


def show_models(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    if as_json:
        write_line(json.dumps(list(rows), ensure_ascii=False))
        return
    table = Table(
        "model", "state", "fits", "size", "memory", "docs/min", "Turkish", "licence", "good for", box=None, pad_edge=False
    )
    for row in rows:
        table.add_row(
            row["id"],
            _state(row),
            _verdict(row),
            shown_size(row["size_bytes"]),
            shown_size(row["memory_bytes"]),
            _speed(row),
            row["turkish"],
            row["license"],
            cell(row["good_for"] or _own_remark(row)),
        )
    out().print(table)


def show_recommendations(recommendations: Sequence[Recommendation], *, as_json: bool) -> None:
    rows = [
        {
            "for": recommendation.purpose,
            "id": recommendation.offer.spec.id if recommendation.offer else None,
            "why": recommendation.why,
            **({"model": row_of(recommendation.offer)} if recommendation.offer else {}),
        }
        for recommendation in recommendations
    ]
    if as_json:
        write_line(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("for", "model", "state", "fits", "size", "docs/min", "licence", "why", box=None, pad_edge=False)
    for recommendation, row in zip(recommendations, rows, strict=True):
        model, why = row.get("model"), _WHY[recommendation.why]
        if not isinstance(model, dict):
            table.add_row(_PURPOSES[recommendation.purpose], "", "", "", "", "", "", why)
            continue
        table.add_row(
            _PURPOSES[recommendation.purpose],
            model["id"],
            _state(model),
            model["verdict"],
            shown_size(model["size_bytes"]),
            _speed(model),
            model["license"],
            why,
        )
    out().print(table)


def _state(row: Mapping[str, Any]) -> str:
    if row["state"] == "paused":
        return f"paused at {100 * row['part_bytes'] // row['size_bytes']} %"
    return _STATES[row["state"]] or (f"in {row['found_in']}?" if row["found_in"] else "")


def _verdict(row: Mapping[str, Any]) -> str:
    words = {"fits well": "well", "fits tightly": "tightly", "does not fit": "no"}[row["verdict"]]
    return f"{words}: needs {row['reason']}" if row["reason"] else words


def _speed(row: Mapping[str, Any]) -> str:
    """By documents as it is; by a measurement, another model or the hardware with a mark."""
    if row["speed_source"] == "documents":
        return f"{row['documents_per_minute']:g} ({row['speed_documents']} done)"
    return f"~{row['documents_per_minute']:g}"


def _own_remark(row: Mapping[str, Any]) -> str:
    if row["tested"] is None:
        return f"untested; taken for the family {row['prompt_family']}"
    return "passed its self-test" if row["tested"] else "failed its self-test"
