// SPDX-License-Identifier: Apache-2.0
public import Loader
public import Postgres

/// Whether the two homeservers can be migrated: everything that stands in the way, all at once.
///
/// It only reads, on both sides.
public struct HomeserverCheck: Sendable {
    let inputs: HomeserverInputs

    public init(_ inputs: HomeserverInputs) {
        self.inputs = inputs
    }

    /// Connects to both sides and checks what can be reached.
    public func findings(_ sessions: Sessions) -> [Finding] {
        // Twice the source with the target in between: what Dendrite writes meanwhile gives it away.
        let before = (try? sequenceValues(sessions)) ?? [:]
        let target = asking(sessions.openTarget, TargetCheck(inputs: inputs).checks)
        let source = asking(sessions.openSource, SourceCheck(inputs: inputs, sequencesBefore: before).checks)
        return ConfigurationCheck(inputs: inputs).findings + source + target
    }

    /// Checks on two open connections.
    public func findings(source: inout Connection, target: inout Connection) -> [Finding] {
        let before = (try? source.sequenceValues()) ?? [:]
        let findings = target.findings(of: TargetCheck(inputs: inputs).checks)
        return ConfigurationCheck(inputs: inputs).findings
            + source.findings(of: SourceCheck(inputs: inputs, sequencesBefore: before).checks) + findings
    }

    private func sequenceValues(_ sessions: Sessions) throws(PostgresError) -> [String: String] {
        var source = try sessions.openSource()
        return try source.sequenceValues()
    }

    private func asking(_ open: () throws(PostgresError) -> Connection, _ checks: [DatabaseCheck]) -> [Finding] {
        do throws(PostgresError) {
            var connection = try open()
            return connection.findings(of: checks)
        } catch {
            return [
                Finding(
                    .error, error.side, "it cannot be reached: \(error.message)",
                    remedy: "Start PostgreSQL, or correct the connection settings in the configuration file")
            ]
        }
    }
}
