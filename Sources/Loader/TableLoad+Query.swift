// SPDX-License-Identifier: Apache-2.0
public import Postgres

extension TableLoad {
    /// The one query on the source that gives all of the load's rows; nil for other loads.
    public var query: SQL? {
        switch work {
        case .passThrough(_, let query), .mapped(let query, _): query
        case .body, .statements: nil
        }
    }
}
