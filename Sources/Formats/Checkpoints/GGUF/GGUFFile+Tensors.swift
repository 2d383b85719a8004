extension GGUFFile {
    /// Every tensor of the plan is there in the right shape, and there is no other: a tensor that we do not know has a
    /// meaning that we would miss.
    func checkTensors(_ configuration: ModelConfiguration) throws(CheckpointError) {
        let slots = TensorPlan(configuration).slots
        for slot in slots {
            guard let tensor = tensor(slot.name) else {
                if slot.isRequired { throw missingTensor(slot.name) }
                continue
            }
            guard tensor.shape == slot.shape else {
                throw CheckpointError(
                    .invalidTensor,
                    "tensor \(quoted(slot.name)) has the shape \(tensor.shape), but the metadata asks for \(slot.shape)"
                )
            }
        }
        let known = Set(slots.map(\.name))
        if let stranger = tensors.first(where: { !known.contains($0.name) }) {
            throw CheckpointError(
                .unsupportedArchitecture,
                "tensor \(quoted(stranger.name)) is not part of a \(configuration.architecture.rawValue) model "
                    + "as we know it; the file needs a newer pronk or is of another architecture")
        }
    }
}
