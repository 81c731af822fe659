// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader

/// Whether the two configurations fit each other, and the signing key can be carried.
struct ConfigurationCheck {
    let inputs: HomeserverInputs

    var findings: [Finding] { serverName + pepper + signingKey + registrations }

    private var serverName: [Finding] {
        guard let name = inputs.synapseServerName, name != inputs.serverName else { return [] }
        return [
            Finding(
                .error, "server_name", "Dendrite's is \(inputs.serverName), Synapse's is \(name)",
                remedy: "Set server_name in homeserver.yaml to \(inputs.serverName): a server cannot change its name")
        ]
    }

    private var pepper: [Finding] {
        guard inputs.hasPasswordPepper else { return [] }
        return [
            Finding(
                .error, "password_config.pepper", "with a pepper no password of Dendrite's would be right any more",
                remedy: "Remove it from homeserver.yaml; Dendrite has none")
        ]
    }

    /// Registrations of bridges that cannot be read.
    ///
    /// Synapse does not start without those that it is told. Without one of Dendrite's, sessions of the bridge that say
    /// nothing of it themselves are taken for those of a person.
    private var registrations: [Finding] {
        unreadable(
            inputs.registrationFiles, .error, remedy: "Correct it, or remove it from app_service_config_files")
            + unreadable(
                inputs.formerRegistrationFiles, .warning,
                remedy: "Correct it, or put it where dendrite.yaml says; go on if the bridge is gone")
    }

    private func unreadable(_ files: [String], _ severity: Finding.Severity, remedy: String) -> [Finding] {
        files.compactMap { file in
            do throws(ConfigurationError) {
                _ = try ApplicationServiceRegistration(contentsOf: file)
                return nil
            } catch {
                let fault = Finding(error)
                return Finding(
                    severity, fault.subject,
                    "the registration of an application service cannot be read: \(fault.message)",
                    remedy: remedy)
            }
        }
    }

    private var signingKey: [Finding] {
        guard let (from, to) = inputs.signingKey else { return [] }
        var findings: [Finding] = []
        do throws(ConfigurationError) {
            _ = try SigningKey(contentsOf: from)
        } catch {
            let message = error.sentence.hasSuffix(".") ? String(error.sentence.dropLast()) : error.sentence
            findings.append(
                Finding(
                    .error, from, "Dendrite's signing key cannot be read: \(message)",
                    remedy: "Check global.private_key, seen from Dendrite's folder, and the file's permissions"))
        }
        if case let folder = URL(filePath: to).deletingLastPathComponent(), !folder.isWritableOrCanBeMade {
            findings.append(
                Finding(
                    .error, to, "the signing key cannot be written to \(folder.path(percentEncoded: false))",
                    remedy: "Let the user who runs this write there, or correct signing_key_path in homeserver.yaml"))
        }
        return findings
    }
}
