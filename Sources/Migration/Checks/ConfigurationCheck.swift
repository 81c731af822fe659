// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader

/// Whether the two configurations fit each other, and the signing key can be carried.
struct ConfigurationCheck {
    let inputs: HomeserverInputs

    var findings: [Finding] {
        serverName + pepper + authentication + signingKey + relativePaths + noticeSenders + registrations
    }

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

    private var authentication: [Finding] {
        if inputs.delegatesAuthentication {
            return [
                Finding(
                    .error, "matrix_authentication_service",
                    "it takes no access token of Dendrite's, so everybody would be logged out",
                    remedy: "Disable it in homeserver.yaml; see docs/operations.md for how to get there later")
            ]
        }
        guard !inputs.hasPasswordLogin else { return [] }
        return [
            Finding(
                .warning, "password_config",
                "nobody can log in with a password, which was the way to log in to Dendrite",
                remedy: "Enable it in homeserver.yaml, unless users log in by single sign-on from now on")
        ]
    }

    /// Synapse sees such paths from the folder in which it is started, which stands in no file.
    private var relativePaths: [Finding] {
        inputs.relativePaths.map { setting, path in
            let absolute = URL(filePath: path).absoluteURL.standardizedFileURL.path(percentEncoded: false)
            return Finding(
                .warning, setting,
                "it is no absolute path: here it is \(absolute), but Synapse takes it from the folder in which it is started",
                remedy: "Write the absolute path into homeserver.yaml")
        }
    }

    private var noticeSenders: [Finding] {
        guard let (from, to) = inputs.noticeSenders, from != to else { return [] }
        return [
            Finding(
                .warning, "server_notices.system_mxid_localpart",
                "Dendrite's notices come from \(from), Synapse's from \(to), so users get a second room of notices",
                remedy: "Write \(from) into homeserver.yaml")
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
                    remedy:
                        "Check global.private_key, where a relative path is seen from the folder of dendrite.yaml, and the file's "
                        + "permissions"))
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
