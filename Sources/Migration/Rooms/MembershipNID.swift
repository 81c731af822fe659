// SPDX-License-Identifier: Apache-2.0
import Postgres

/// What `membership_nid` of `roomserver_membership` says; 1 is left or banned, 4 knocked.
enum MembershipNID {
    static let invite: SQL = "2"
    static let join: SQL = "3"
}
