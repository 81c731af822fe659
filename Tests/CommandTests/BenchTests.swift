// SPDX-License-Identifier: Apache-2.0
import Foundation
import Postgres
import TestSupport
import Testing

@testable import matrix_loader

/// One after the other, so that what a run leaves behind is that run's.
@Suite("A measured migration", .serialized, .temporaryDatabase, .temporaryFolder)
struct BenchTests {
    private static let smallShape = ["--events=300", "--rooms=5", "--users=8", "--media=3"]

    @Test(
        "wants a picture's path that can be written, before anything starts",
        arguments: ["nowhere/a.svg", ".", "a-file/a.svg"])
    func impossiblePicture(path: String) throws {
        try Data().write(to: TemporaryFolder.url.appending(path: "a-file"))
        let run = try Run("bench", "--synapse-db", "host=/nowhere dbname=nothing", "--svg", path)
        #expect(run.status == 64)
        #expect(run.errors.hasPrefix("matrix-loader: --svg \(path): this user cannot write a file there.\n"))
    }

    @Test("draws its picture")
    func picture() throws {
        let run = try Run(["bench", "--synapse-db", try SynapseSchema.make(), "--svg", "a.svg"] + Self.smallShape)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("events a second"))
        // Whoever only looks at the servers is not waited for, which would be measured with all else.
        #expect(!run.errors.contains("waiting for what others wrote"))
        #expect(try String(contentsOf: TemporaryFolder.url.appending(path: "a.svg"), encoding: .utf8).contains("<svg"))
    }

    @Test("is reported even where the picture cannot be drawn in the end", arguments: [[], ["--json"]])
    func failedPicture(more: [String]) throws {
        let synapse = try SynapseSchema.make()
        let run = try Run(["bench", "--synapse-db", synapse, "--svg", "/dev/full"] + Self.smallShape + more)
        #expect(run.status == 1)
        #expect(
            run.lastError
                == "matrix-loader: /dev/full: the picture cannot be drawn there, as no space is left; the report is whole."
        )
        if more.isEmpty {
            #expect(run.output.contains("events a second"))
        } else {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(run.output.utf8)) }
        }
    }
}
