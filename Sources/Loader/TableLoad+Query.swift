// SPDX-License-Identifier: Apache-2.0
public import Postgres

extension TableLoad {
    /// The query on the source each of whose rows becomes one row of the load's table; nil for other loads.
    public var query: SQL? {
        if case .passThrough(_, let query) = work { query } else { nil }
    }
}
