// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Generator

@Suite("The schedule of a generation")
struct ScheduleTests {
    private func workers(_ change: (inout GeneratorSettings) -> Void) -> [Int] {
        var settings = GeneratorSettings()
        change(&settings)
        return Schedule(settings: settings, population: Population(settings: settings)).workers
    }

    @Test("gives all workers about as many events to make", arguments: [1, 2, 3, 4])
    func balanced(count: Int) {
        let workers = workers {
            $0.rooms = 200
            $0.workers = count
        }
        var weights = [Double](repeating: 0, count: count)
        for (room, worker) in workers.enumerated() { weights[worker] += 1 / Double(room + 1) }
        let mean = weights.reduce(0, +) / Double(count)
        #expect(workers.count == 200)
        #expect(weights.allSatisfy { abs($0 - mean) < mean / 50 })
    }

    @Test("leaves a giant room's worker alone with it as long as others have less to do")
    func giant() {
        let workers = workers {
            $0.rooms = 50
            $0.giantRoomShare = 0.8
        }
        #expect(workers.count { $0 == workers[0] } == 1)
    }
}
