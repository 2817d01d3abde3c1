"""One model on the Models page: what it is, how it fits, what is being done with it, and what can be. Shows and signals."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.catalog.machine import Machine
from app.ui.formats import shown_size
from app.ui.messages import tr
from app.ui.models.model_offer import ModelOffer
from app.ui.models.model_words import facts, fit_pill, fit_sentence, good_for, license_note, license_words
from app.ui.models.transfer_news import TransferNews
from app.ui.theme import scaled_px, set_role
from app.ui.widgets.buttons import IconButton, TextButton
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.pill import Pill, Tone
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.question_strip import QuestionStrip
from app.ui.widgets.transfer_line import TransferLine

_NARROW_WIDTH = 600


class ModelCard(QFrame):
    """Signals: requested(str, str): what to do (download, pause, cancel, use, eyes, verify, test, remove, forget, show, accept),
    and the id of the model or of its second file. task_chosen(str, str): a task, and the model's id or "" to end its use there.
    """

    requested = Signal(str, str)
    task_chosen = Signal(str, str)

    def __init__(self, shown: ModelOffer, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self.setObjectName(f"model_{shown.id}")
        self.setAccessibleName(shown.name)
        self._shown, self._machine = shown, machine
        self._news: TransferNews | None = None
        self._asked = ""
        self._name = PlainLabel(shown.name, role="value")
        self._fit = Pill("", parent=self)
        self._state = Pill("", parent=self)
        self._good_for = PlainLabel("", wrap=True)
        self._used_for = PlainLabel("", wrap=True)
        self._facts = PlainLabel("", role="soft", wrap=True)
        self._why = PlainLabel("", role="small", wrap=True)
        self._remark = PlainLabel("", role="small", wrap=True)
        self._remark.setObjectName(f"remark_{shown.id}")
        self._line = TransferLine(f"progress_{shown.id}", tr("Progress of {name}", name=shown.name))
        self._question = QuestionStrip(f"question_{shown.id}")
        self._question.agreed.connect(self._on_agreed)
        self._buttons = {
            "download": TextButton(tr("Download"), f"download_{shown.id}", icon_name="download"),
            "pause": TextButton(tr("Pause"), f"pause_{shown.id}", icon_name="pause"),
            "cancel": TextButton(tr("Cancel"), f"cancel_{shown.id}", "ghost"),
            "test": TextButton(tr("Try it out"), f"test_{shown.id}"),
            "use": TextButton(tr("Use this model"), f"use_{shown.id}"),
        }
        for action, button in self._buttons.items():
            button.clicked.connect(lambda _=False, action=action: self._on_clicked(action))
        self._more = IconButton("more", tr("More for {name}", name=shown.name), f"more_{shown.id}")
        self._more.clicked.connect(self._show_menu)
        self._build()
        self.show_offer(shown, machine)

    def _build(self) -> None:
        name = FlowLayout(spacing=10)
        for part in (self._name, self._fit, self._state):
            name.addWidget(part)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(name)
        for widget in (self._used_for, self._good_for, self._facts, self._why, self._remark, self._line):
            words.addWidget(widget)
        actions = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        actions.setSpacing(8)
        for button in self._buttons.values():
            actions.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        actions.addStretch(1)
        self._upper = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._upper.setSpacing(16)
        self._upper.addLayout(words, 1)
        self._upper.addLayout(actions)
        upper = QHBoxLayout()
        upper.setSpacing(12)
        upper.addLayout(self._upper, 1)
        upper.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 12, 14)
        layout.setSpacing(10)
        layout.addLayout(upper)
        layout.addWidget(self._question)

    @property
    def shown(self) -> ModelOffer:
        return self._shown

    @property
    def remark(self) -> str:
        return self._remark.text()

    @property
    def news_words(self) -> str:
        return "" if self._news is None else self._line.words

    def show_offer(self, shown: ModelOffer, machine: Machine) -> None:
        self._shown, self._machine = shown, machine
        self._fit.set_state(*fit_pill(shown.offer))
        state, tone = _state_words(shown)
        self._state.set_state(state, tone, "tick" if shown.is_in_use else "none")
        self._state.setVisible(bool(state))
        used_for = shown.used_for
        for label, text in (
            (self._used_for, tr("Used for {tasks}", tasks=used_for) if used_for else ""),
            (self._good_for, good_for(shown)),
            (self._facts, facts(shown)),
            (self._why, fit_sentence(shown.offer, machine)),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        words = " ".join(label.text() for label in (self._used_for, self._good_for, self._facts, self._why))
        self.setAccessibleDescription(f"{self._fit.text}. {state}. {words}")
        self._remark.setVisible(bool(self._remark.text()))
        self.show_news(self._news)

    def show_news(self, news: TransferNews | None) -> None:
        """How far the work on the model is; None when none is under way."""
        self._news = news
        self._line.show_news(news)
        here, state, is_damaged = self._shown.is_here, self._shown.offer.state, self._shown.offer.is_damaged
        is_idle = news is None
        can_test = here and self._shown.is_unknown and self._shown.tested is None
        visible = {
            "download": is_idle and not here and state != "busy" and bool(self._shown.spec.main_file.sources),
            "pause": news is not None and news.kind == "download",
            "cancel": news is not None or state == "paused",
            "test": is_idle and can_test,
            "use": is_idle and here and not self._shown.is_in_use and self._shown.spec.answers_tasks,
        }
        for action, button in self._buttons.items():
            button.setVisible(visible[action])
        self._buttons["download"].setText(tr("Go on") if state == "paused" else tr("Download"))
        self._buttons["cancel"].setText(tr("Discard") if is_idle else tr("Cancel"))
        for button in self._buttons.values():
            button.setAccessibleName(f"{button.text()}: {self._shown.name}")
        self._more.setVisible(is_idle and (here or is_damaged))

    def tell(self, sentence: str, role: str = "small") -> None:
        """A sentence about what came of the last thing done."""
        set_role(self._remark, role)
        self._remark.setText(sentence)
        self._remark.setVisible(bool(sentence))

    def ask(self, action: str) -> None:
        """Ask here before it is done: a removal, or the download of a model whose licence must be accepted."""
        self._asked = action
        spec = self._shown.spec
        if action == "accept":
            words = f"{license_words(spec)}. {license_note(spec)}\n{spec.license.url}"
            text = tr("The licence of {name}: {words}", name=spec.name, words=words)
            tick = tr("I have read the licence and accept it")
            self._question.ask(text, tr("Accept and download"), tr("Not now"), tone="quiet", tick=tick, url=spec.license.url)
        elif action == "cancel":
            size = shown_size(self._shown.offer.part_bytes)
            text = tr("Throw away the {size} that are here already?", size=size)
            self._question.ask(text, tr("Throw away"), tr("Keep"))
        elif action == "forget":
            text = tr("Deskhand stops using {path}. The file stays where it is.", path=self._shown.path)
            self._question.ask(text, tr("Stop using it"), tr("Keep"))
        else:
            self._question.ask(self._removal_words(), tr("Remove"), tr("Keep"))

    def _removal_words(self) -> str:
        name, size = self._shown.name, shown_size(self._shown.size_bytes)
        if self._shown.is_unknown:
            text = tr("Remove {name}? {size} get free. Deskhand has no source to fetch it from again.", name=name, size=size)
        else:
            text = tr("Remove {name}? {size} get free. You can download it again.", name=name, size=size)
        if self._shown.is_in_use:
            text += " " + tr("It is in use: another model takes over, or documents wait until there is one.")
        if self._shown.used_for:
            text += " " + tr("It is used for {tasks}: the model in use takes over there.", tasks=self._shown.used_for)
        return text

    def _on_clicked(self, action: str) -> None:
        if action == "download" and self._shown.needs_acceptance:
            self.ask("accept")
        elif action == "cancel" and self._news is None:
            self.ask("cancel")
        else:
            # What is under way may be the model's second file.
            self.requested.emit(action, self._news.id if self._news is not None else self._shown.id)

    def _on_agreed(self) -> None:
        self._more.setFocus()
        self.requested.emit(self._asked, self._shown.id)

    def _show_menu(self) -> None:
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def make_menu(self) -> QMenu:
        """What else can be done with a model that is here, or whose file is damaged."""
        menu = QMenu(self)
        if self._shown.tasks:
            self._add_tasks(menu.addMenu(tr("Use for …")))
        state = self._shown.offer.state
        entries = [("verify", tr("Check the file")), ("show", tr("Show the file"))]
        if self._shown.is_here:
            entries.insert(1, ("test", tr("Try it out")))
        if self._shown.could_see and self._shown.spec.projector is not None:
            size = shown_size(self._shown.spec.projector.size_bytes)
            entries.append(("eyes", tr("Let it read pictures (fetches {size})", size=size)))
        if state == "linked":
            entries.append(("forget", tr("Stop using it here")))
        elif state == "installed":
            entries.append(("remove", tr("Remove …")))
        for action, text in entries:
            entry = menu.addAction(text)
            entry.setObjectName(f"{action}_{self._shown.id}")
            entry.triggered.connect(lambda _=False, action=action: self._on_entry(action))
        return menu

    def _add_tasks(self, menu: QMenu) -> None:
        menu.menuAction().setObjectName(f"tasks_{self._shown.id}")
        for task in self._shown.tasks:
            entry = menu.addAction(task.title)
            entry.setObjectName(f"{task.id}_{self._shown.id}")
            entry.setCheckable(True)
            entry.setChecked(task.is_chosen)
            entry.triggered.connect(
                lambda is_chosen, task_id=task.id: self.task_chosen.emit(task_id, self._shown.id if is_chosen else "")
            )

    def _on_entry(self, action: str) -> None:
        if action in {"remove", "forget"}:
            self.ask(action)
        else:
            self.requested.emit(action, self._shown.id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < scaled_px(_NARROW_WIDTH)
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if self._upper.direction() != direction:
            self._upper.setDirection(direction)


def _state_words(shown: ModelOffer) -> tuple[str, Tone]:
    if shown.is_in_use:
        return tr("in use"), "good"
    if shown.offer.is_damaged:
        return tr("damaged"), "bad"
    match shown.offer.state:
        case "installed":
            return tr("on this computer"), "quiet"
        case "linked":
            return tr("used in its own place"), "quiet"
        case "shared":
            return tr("came with Deskhand"), "quiet"
        case "busy":
            return tr("being fetched"), "warn"
        case "paused":
            return tr("paused at {n} %", n=100 * shown.offer.part_bytes // max(shown.size_bytes, 1)), "warn"
        case _:
            return (tr("start here"), "quiet") if shown.is_starter else ("", "quiet")
