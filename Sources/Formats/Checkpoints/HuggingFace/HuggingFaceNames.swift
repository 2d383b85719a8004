/// Hugging Face's names for the tensors of `TensorPlan`.
enum HuggingFaceNames {
    private static let modules = [
        "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "ffn_norm": "post_attention_layernorm",
        "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    ]

    /// The module and the kind, "weight" or "bias", of a slot; nil for what these checkpoints do not have.
    static func name(ofSlot slot: String) -> (module: String, kind: String)? {
        switch slot {
        case "token_embd.weight": return ("model.embed_tokens", "weight")
        case "output_norm.weight": return ("model.norm", "weight")
        case "output.weight": return ("lm_head", "weight")
        default:
            let parts = slot.split(separator: ".").map(String.init)
            guard parts.count == 4, parts[0] == "blk", let module = modules[parts[2]] else { return nil }
            return ("model.layers.\(parts[1]).\(module)", parts[3])
        }
    }
}
