import Reports

/// What `bench compare` measured: for each load, the same rounds on every endpoint.
///
/// Only ratios within a round mean something on a machine whose speed changes by the hour, so the first endpoint is the
/// measure of the others, round by round.
package struct ServerComparison: Sendable, Codable {
    /// One endpoint in one round.
    package struct Cell: Sendable, Codable {
        package var endpoint: String
        package var load: String
        package var level: Double
        package var round: Int
        package var summary: LoadSummary
        package var memory: ProcessMemory?

        package init(
            endpoint: String, load: String, level: Double, round: Int, summary: LoadSummary, memory: ProcessMemory?
        ) {
            self.endpoint = endpoint
            self.load = load
            self.level = level
            self.round = round
            self.summary = summary
            self.memory = memory
        }
    }

    /// The middle of some rounds, with the least and the most.
    package struct Spread: Sendable, Equatable {
        package var median: Double
        package var least: Double
        package var most: Double

        package init?(_ values: [Double]) {
            guard let median = Repetitions.median(values), let least = values.min(), let most = values.max() else {
                return nil
            }
            self.median = median
            self.least = least
            self.most = most
        }
    }

    package var names: [String]
    package var cells: [Cell]

    package init(names: [String]) {
        self.names = names
        cells = []
    }

    /// Who is measured when: the order turns round in every round, so that nobody always comes first.
    package static func order(_ names: [String], round: Int) -> [String] {
        round % 2 == 0 ? names : names.reversed()
    }

    package var loads: [String] {
        var seen: Set<String> = []
        return cells.map(\.load).filter { seen.insert($0).inserted }
    }

    package func values(_ name: String, _ load: String, _ value: (LoadSummary) -> Double?) -> [Double] {
        cells.filter { $0.endpoint == name && $0.load == load }.compactMap { value($0.summary) }
    }

    /// The ratio of the medians to the first endpoint's, with the least and the most of the rounds' own ratios. Rounds
    /// that one of the two did not finish are left out.
    package func ratio(_ name: String, _ load: String, _ value: (LoadSummary) -> Double?) -> Spread? {
        guard let first = names.first else { return nil }
        func byRound(_ name: String) -> [Int: Double] {
            var values: [Int: Double] = [:]
            for cell in cells where cell.endpoint == name && cell.load == load {
                if let number = value(cell.summary), number > 0 { values[cell.round] = number }
            }
            return values
        }
        let base = byRound(first)
        let own = byRound(name)
        let rounds = base.keys.filter { own[$0] != nil }
        let ratios = rounds.compactMap { round in own[round].flatMap { own in base[round].map { own / $0 } } }
        guard var spread = Spread(ratios), let middle = Repetitions.median(rounds.compactMap { own[$0] }),
            let baseMiddle = Repetitions.median(rounds.compactMap { base[$0] })
        else { return nil }
        spread.median = middle / baseMiddle
        return spread
    }

    /// Memory after the load, of the last round.
    package func memory(_ name: String, _ load: String) -> ProcessMemory? {
        cells.last { $0.endpoint == name && $0.load == load && $0.memory != nil }?.memory
    }

    package var failed: Int { cells.reduce(0) { $0 + $1.summary.failed } }
}
