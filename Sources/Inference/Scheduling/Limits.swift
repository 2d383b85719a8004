/// What the scheduler looks at, with the reasons.
enum Limits {
    /// Waiting sequences that a plan considers while those before them are held back: more than join in one step, and
    /// few enough to be looked at in microseconds.
    static let candidates = 64
}
