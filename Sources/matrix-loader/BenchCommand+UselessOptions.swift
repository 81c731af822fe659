// SPDX-License-Identifier: Apache-2.0
import Options

extension BenchCommand {
    /// What only a server that is made up has.
    static let shape = [
        events, rooms, users, media, mediaBytes, giantRoom, roomSizes, members, stateChurn, forks, federatedRooms,
        backfilledRooms, encryptedRooms, signed, seed,
    ]
    /// What only a migration has.
    private static let migration: [Option] = [
        .synapseConfig, .synapseDatabase, .synapseMediaPath, .indexJobs, .deferFrom, svg, .progress,
    ]

    /// Whoever gives an option expects something of it.
    ///
    /// What environment variables say is meant for all commands, so it may do nothing here.
    /// - Throws: ``UsageError`` that names all options of the command line that would do nothing.
    func refuseUselessOptions() throws(UsageError) {
        if isGenerating {
            try refuse(Self.migration, as: "'bench generate' migrates nothing")
        } else if invocation.namesDendrite {
            try refuse(Self.shape, as: "'bench' makes no Dendrite up where one is named")
        }
        if invocation.has(.skipMedia) {
            try refuse([Self.media, Self.mediaBytes], as: "--skip-media leaves media out")
        }
    }

    private func refuse(_ options: [Option], as reason: String) throws(UsageError) {
        let useless = options.filter { invocation.source(of: $0) == .commandLine }.map { "--\($0.name)" }
        guard !useless.isEmpty else { return }
        throw UsageError(
            "\(reason): leave out \(useless.joined(separator: ", ")).", explanation: invocation.explanation)
    }
}
