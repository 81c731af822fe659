// SPDX-License-Identifier: Apache-2.0
import Loader

/// A part of a homeserver that an operator can name (`--phase`), its loads, and what it leaves behind.
struct Area: Sendable {
    let name: String
    let loads: [TableLoad]
    /// What is counted and named in the report because it is left behind.
    let omissions: [Omission]

    init(_ name: String, _ loads: [TableLoad], omissions: [Omission] = []) {
        self.name = name
        self.loads = loads.map { load in
            var load = load
            load.area = name
            return load
        }
        self.omissions = omissions
    }
}
