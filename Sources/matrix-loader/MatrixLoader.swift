// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Migration

@main
struct MatrixLoader {
    static func main() async {
        do {
            let arguments = CommandLine.arguments
            func value(_ name: String) -> String? {
                arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
            }
            let homeservers = try Homeservers(
                DendriteConfiguration(contentsOf: value("--dendrite-config") ?? ""),
                SynapseConfiguration(contentsOf: value("--synapse-config") ?? ""))
            var settings = Migration.Settings()
            settings.loader.onReject = .skip
            if let threshold = value("--defer").flatMap({ Int($0) }) { settings.loader.deferralThreshold = threshold }
            let outcome = try await Migration(homeservers, settings: settings).run()
            print(outcome)
        } catch {
            FileHandle.standardError.write(Data("matrix-loader: \(error)\n".utf8))
            exit(1)
        }
    }
}
