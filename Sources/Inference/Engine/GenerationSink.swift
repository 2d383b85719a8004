package import Tokenization

/// Where the engine puts what it draws; called on the engine's thread, so it must not wait.
package protocol GenerationSink: AnyObject, Sendable {
    /// One token of one choice, and the text that it completed: whole characters, perhaps none.
    func receive(choice: Int, token: TokenID, text: UnsafeBufferPointer<UInt8>, finish: GenerationEvent.Finish?)

    /// The tokens with which a choice was resumed end it: this is all that was left to say.
    func end(choice: Int, _ finish: GenerationEvent.Finish)

    /// The request ends without the rest.
    func fail(_ error: EngineError)
}
