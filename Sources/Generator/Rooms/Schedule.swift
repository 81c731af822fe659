// SPDX-License-Identifier: Apache-2.0

/// Decides which room has the next event, from the seed alone.
///
/// Every worker follows the whole schedule and does the steps of its own rooms: so the numbers of events interleave as
/// on a living server, and the result does not depend on the number of workers.
struct Schedule {
    /// What happens to a room next.
    enum Action { case beginning, life, backfill }

    struct Step {
        let room: Int
        let action: Action
        /// The number of the step's first event.
        let number: Int64
    }

    private let settings: GeneratorSettings
    private let population: Population
    private let cumulativeWeights: [Double]
    private var random: RandomSource
    /// Begun rooms: what is settled about them, and how often they had their turn.
    private(set) var plans: [RoomPlan] = []
    private var turns: [Int] = []
    /// The number of the next event.
    private(set) var number: Int64 = 1

    /// By then all rooms exist.
    private static let foundingTime = 0.2

    init(settings: GeneratorSettings, population: Population) {
        self.settings = settings
        self.population = population
        random = RandomSource(seed: settings.seed, .schedule)
        var sum = 0.0
        cumulativeWeights = (0..<settings.rooms).map { room in
            sum += settings.roomSizes == .even ? 1 : 1 / Double(room + 1)
            return sum
        }
    }

    /// By room the worker that generates it: each room, the busiest first, goes to whoever has the least to do so far.
    var workers: [Int] {
        let giant = settings.giantRoomShare
        let first = giant > 0 ? cumulativeWeights[0] : 0
        let others = (cumulativeWeights.last ?? 0) - first
        var loads = [Double](repeating: 0, count: settings.workers)
        var sum = 0.0
        return cumulativeWeights.enumerated().map { room, weights in
            defer { sum = weights }
            let worker = loads.indices.min { loads[$0] < loads[$1] } ?? 0
            loads[worker] += room == 0 && giant > 0 ? giant : (1 - giant) * (weights - sum) / max(others, .ulpOfOne)
            return worker
        }
    }

    mutating func next() -> Step? {
        let isOver = number > settings.events
        if isOver, plans.count == settings.rooms { return nil }
        let due = Double(settings.rooms) * Double(number) / (Double(settings.events) * Self.foundingTime)
        if isOver || plans.count < min(Int(due) + 1, settings.rooms) { return begin() }
        let room = pick()
        turns[room] += 1
        let plan = plans[room]
        let isBackfill = plan.backfillCount > 0 && turns[room] == plan.backfillTurn
        defer { number += isBackfill ? Int64(plan.backfillCount) : 1 }
        return Step(room: room, action: isBackfill ? .backfill : .life, number: number)
    }

    private mutating func begin() -> Step {
        let plan = RoomPlan(plans.count, settings: settings, population: population)
        defer { number += Int64(plan.beginning) }
        plans.append(plan)
        turns.append(0)
        return Step(room: plan.index, action: .beginning, number: number)
    }

    private mutating func pick() -> Int {
        if settings.giantRoomShare > 0 {
            if plans.count == 1 || random.chance(settings.giantRoomShare) { return 0 }
        }
        let first = settings.giantRoomShare > 0 ? cumulativeWeights[0] : 0
        let target = first + random.fraction() * (cumulativeWeights[plans.count - 1] - first)
        var low = 0
        var high = plans.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulativeWeights[middle] > target { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
