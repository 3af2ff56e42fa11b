"""BERT as an ONNX graph of onnxruntime's fused operators, exact or with weights of 8 bits.

Source: Devlin et al. 2019; onnxruntime's contrib operators EmbedLayerNormalization, Attention, SkipLayerNormalization,
BiasGelu, DynamicQuantizeMatMul and QAttention.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper

from sprintlib.embedding.architecture import Architecture, Array

if TYPE_CHECKING:
    from onnx import NodeProto

_FUSED = "com.microsoft"
_VERSIONS = {"": 17, _FUSED: 1}  # of the operators
_IR_VERSION = 8
_STEPS = 64  # of a weight on either side of zero: 7 bits, so that sums do not overflow where a processor lacks VNNI


def bert_graph(shape: Architecture, weights: dict[str, Array], *, exact: bool) -> bytes:
    """A serialised model: `ids` and `mask` (texts, tokens) int32 to `state` (texts, tokens, dimension) float32.

    Texts are padded on the right; mask is 1 where there is a token. exact: float32 throughout; else matrices are
    multiplied as int8, with a scale for each column of the weights and one for each batch of values.
    """
    graph = _Graph(exact)
    state = _embeddings(graph, shape, weights)
    for layer in range(shape.layers):
        state = _layer(graph, shape, weights, f"encoder.layer.{layer}", state)
    graph.node("Identity", [state], "state", domain="")
    tokens = ["texts", "tokens"]
    made = helper.make_graph(
        graph.nodes,
        "bert",
        [helper.make_tensor_value_info(name, TensorProto.INT32, tokens) for name in ("ids", "mask")],
        [helper.make_tensor_value_info("state", TensorProto.FLOAT, [*tokens, shape.dimension])],
        graph.constants,
    )
    versions = [helper.make_opsetid(domain, version) for domain, version in _VERSIONS.items()]
    model: bytes = helper.make_model(made, opset_imports=versions, ir_version=_IR_VERSION).SerializeToString()
    return model


class _Graph:
    """Nodes and constants as they are added; both go by name."""

    def __init__(self, exact: bool) -> None:
        self.exact = exact
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def quantised(self, name: str, weight: Array) -> tuple[str, str, str]:
        """A matrix as int8: the names of its values, scales and zeros."""
        scale = (np.abs(weight).max(axis=0) / _STEPS).clip(min=np.finfo(np.float32).tiny).astype(np.float32)
        return (
            self.constant(f"{name}.values", np.rint(weight / scale).astype(np.int8)),
            self.constant(f"{name}.scales", scale),
            self.constant(f"{name}.zeros", np.zeros(len(scale), dtype=np.int8)),
        )

    def node(self, kind: str, inputs: list[str], *outputs: str, domain: str = _FUSED, **how: Any) -> str:
        """Returns its first output's name."""
        self.nodes.append(helper.make_node(kind, inputs, list(outputs), domain=domain, **how))
        return outputs[0]


def _embeddings(graph: _Graph, shape: Architecture, weights: dict[str, Array]) -> str:
    """Also gives `counts`, tokens of each text. All tokens are of segment 0, which is added to the positions."""
    positions = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    inputs = [
        "ids",
        "",
        graph.constant("words", weights["embeddings.word_embeddings.weight"]),
        graph.constant("positions", positions),
        "",
        *_norm(graph, weights, "embeddings"),
        "mask",
    ]
    return graph.node("EmbedLayerNormalization", inputs, "embedded", "counts", epsilon=shape.epsilon)


def _layer(graph: _Graph, shape: Architecture, weights: dict[str, Array], name: str, state: str) -> str:
    seen = _attention(graph, shape, weights, name, state)
    told = _add_and_norm(graph, shape, weights, f"{name}.attention.output", seen, state)
    inner = _times(graph, weights, f"{name}.intermediate.dense", told)
    bias = graph.constant(f"{name}.intermediate.bias", weights[f"{name}.intermediate.dense.bias"])
    return _add_and_norm(
        graph, shape, weights, f"{name}.output", graph.node("BiasGelu", [inner, bias], f"{name}.inner"), told
    )


def _attention(graph: _Graph, shape: Architecture, weights: dict[str, Array], name: str, state: str) -> str:
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    weight = np.concatenate([weights[f"{part}.weight"] for part in parts]).T
    bias = graph.constant(f"{name}.attention.bias", np.concatenate([weights[f"{part}.bias"] for part in parts]))
    if graph.exact:
        inputs = [state, graph.constant(f"{name}.attention.weight", weight), bias, "counts"]
        return graph.node("Attention", inputs, f"{name}.seen", num_heads=shape.heads)
    rounded = [f"{name}.attention.{part}" for part in ("rounded", "scale", "zero")]
    graph.node("DynamicQuantizeLinear", [state], *rounded, domain="")
    values, scales, zeros = graph.quantised(f"{name}.attention.weight", weight)
    inputs = [rounded[0], values, bias, rounded[1], scales, "counts", rounded[2], zeros]
    return graph.node("QAttention", inputs, f"{name}.seen", num_heads=shape.heads)


def _add_and_norm(
    graph: _Graph, shape: Architecture, weights: dict[str, Array], name: str, value: str, state: str
) -> str:
    """Norm of state + the dense layer of a value."""
    product = _times(graph, weights, f"{name}.dense", value)
    bias = graph.constant(f"{name}.bias", weights[f"{name}.dense.bias"])
    inputs = [product, state, *_norm(graph, weights, name), bias]
    return graph.node("SkipLayerNormalization", inputs, f"{name}.normed", epsilon=shape.epsilon)


def _times(graph: _Graph, weights: dict[str, Array], name: str, value: str) -> str:
    weight = weights[f"{name}.weight"].T
    if graph.exact:
        return graph.node("MatMul", [value, graph.constant(f"{name}.weight", weight)], f"{name}.product", domain="")
    return graph.node("DynamicQuantizeMatMul", [value, *graph.quantised(f"{name}.weight", weight)], f"{name}.product")


def _norm(graph: _Graph, weights: dict[str, Array], name: str) -> list[str]:
    """Scale and shift of a layer norm."""
    return [graph.constant(f"{name}.norm.{part}", weights[f"{name}.LayerNorm.{part}"]) for part in ("weight", "bias")]
