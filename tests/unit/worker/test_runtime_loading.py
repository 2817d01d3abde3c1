"""How a model is loaded: on a card only where it is wanted and the engine knows one, and a lack of memory told as such."""

import pytest

from app.errors import ModelFileError, ModelMemoryError
from app.worker import native_log, runtime


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Loads a file with a stand-in for the engine that refuses it; gives the layers asked to go on a card, and the error."""
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF")
    asked = []

    def load(*, graphics: bool, is_card_known: bool, complaint: bytes = b""):
        def refuse(_path, params):
            asked.append(params.n_gpu_layers)
            native_log.log_callback(4, complaint, None)

        monkeypatch.setattr(runtime.llama, "llama_supports_gpu_offload", lambda: is_card_known)
        monkeypatch.setattr(runtime.llama, "llama_model_load_from_file", refuse)
        with pytest.raises((ModelFileError, ModelMemoryError)) as caught:
            runtime.LlamaEngine(path, model_id="m", sha256="", family="plain", n_ctx=512, threads=1, graphics=graphics)
        return asked[-1], type(caught.value)

    native_log.memory_fault.clear()
    yield load
    native_log.memory_fault.clear()


@pytest.mark.parametrize(
    ("graphics", "is_card_known", "layers"), [(True, True, -1), (True, False, 0), (False, True, 0), (False, False, 0)]
)
def test_all_layers_go_on_a_card_that_is_wanted_and_known(load, graphics, is_card_known, layers):
    assert load(graphics=graphics, is_card_known=is_card_known) == (layers, ModelFileError)


def test_lack_of_memory_is_told_apart_from_a_broken_file(load, capfd):
    refused = load(graphics=False, is_card_known=False, complaint=b"alloc_tensor_range: failed to allocate CPU buffer of size 4711")
    assert refused == (0, ModelMemoryError)
    assert capfd.readouterr().err == "out of memory\n"


def test_other_messages_of_the_engine_go_nowhere(load, capfd):
    assert load(graphics=False, is_card_known=False, complaint=b"general.name = SECRET")[1] is ModelFileError
    assert capfd.readouterr().err == ""
