// SPDX-License-Identifier: Apache-2.0
import CLibpq

/// A connection to PostgreSQL with one owner, closed when its owner is done with it.
///
/// It blocks: use it on a thread of its own.
public struct Connection: ~Copyable {
    let handle: OpaquePointer
    /// The database as the operator knows it; part of every error.
    public let side: String

    /// Connects.
    ///
    /// - Parameters:
    ///   - conninfo: libpq's keyword form or a URL, as both servers' configuration files have it.
    ///   - side: the database as the operator knows it, such as "Dendrite's database".
    ///   - name: `application_name`, from the session's first moment on; nil for what `conninfo` or the environment says.
    /// - Throws: ``PostgresError`` if the server cannot be reached or refuses.
    public init(_ conninfo: String, side: String, name: String? = nil) throws(PostgresError) {
        guard let handle = Self.connect(conninfo, name) else {
            throw PostgresError(side: side, message: "no memory for a connection")
        }
        guard PQstatus(handle) == CONNECTION_OK else {
            let error = PostgresError(side: side, connection: handle)
            PQfinish(handle)
            throw error
        }
        // Notices ("relation exists, skipping") are no news to anybody.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        self.handle = handle
        self.side = side
    }

    private static func connect(_ conninfo: String, _ name: String?) -> OpaquePointer? {
        guard let name else { return PQconnectdb(conninfo) }
        return "dbname".withCString { first in
            "application_name".withCString { second in
                conninfo.withCString { conninfo in
                    // Of two that say the same the later wins.
                    name.withCString { PQconnectdbParams([first, second, nil], [conninfo, $0, nil], 1) }
                }
            }
        }
    }

    deinit { PQfinish(handle) }

    /// Runs one or several statements without arguments and forgets their rows.
    ///
    /// - Returns: how many rows the last statement wrote or gave.
    /// - Throws: ``PostgresError`` if the server refuses one of them.
    @discardableResult
    public mutating func execute(_ sql: SQL) throws(PostgresError) -> Int {
        let result = try run(sql)
        defer { PQclear(result) }
        return Int(String(cString: PQcmdTuples(result))) ?? Int(PQntuples(result))
    }

    /// All rows of a query as text; for small answers, as they are held in memory twice.
    ///
    /// - Throws: ``PostgresError`` if the server refuses the statement or is lost.
    public mutating func rows(_ sql: SQL) throws(PostgresError) -> [[String?]] {
        let result = try run(sql)
        defer { PQclear(result) }
        return (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
            }
        }
    }

    /// The first column of a query's first row as text; nil if there is no row or it is NULL.
    ///
    /// - Throws: ``PostgresError`` if the server refuses the statement or is lost.
    public mutating func value(_ sql: SQL) throws(PostgresError) -> String? {
        try rows(sql).first?.first ?? nil
    }

    /// The first column of a query's first row as a number; nil if there is no row, or it is NULL or no whole number.
    ///
    /// - Throws: ``PostgresError`` if the server refuses the statement or is lost.
    public mutating func integer(_ sql: SQL) throws(PostgresError) -> Int64? {
        try value(sql).flatMap { Int64($0) }
    }

    /// The columns that a query would give; nothing is run.
    ///
    /// - Throws: ``PostgresError`` if the query cannot be planned: an unknown table or column, a missing privilege.
    public mutating func columns(of query: SQL) throws(PostgresError) -> [Column] {
        PQclear(try checked(PQprepare(handle, "", query.text, 0, nil)))
        let result = try checked(PQdescribePrepared(handle, ""))
        defer { PQclear(result) }
        return (0..<PQnfields(result)).map { column in
            Column(String(cString: PQfname(result, column)), ColumnType(oid: PQftype(result, column)))
        }
    }

    /// Runs `body` in a transaction that is committed if it returns and rolled back if it throws.
    ///
    /// - Throws: what `body` throws, and ``PostgresError``; then the transaction was rolled back.
    public mutating func transaction<Result>(
        _ begin: SQL = "BEGIN", _ body: (inout Connection) throws -> Result
    ) throws -> Result {
        try execute(begin)
        do {
            let result = try body(&self)
            try commit()
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Ends an open transaction and keeps what was done in it.
    ///
    /// - Throws: ``PostgresError``, also where a statement had failed and somebody went on as if it had not: to
    ///   PostgreSQL such a COMMIT is a ROLLBACK and no error.
    public mutating func commit() throws(PostgresError) {
        let result = try run("COMMIT")
        defer { PQclear(result) }
        if String(cString: PQcmdStatus(result)) == "ROLLBACK" {
            throw PostgresError(
                side: side, sqlState: "25P02", message: "a statement had failed, so the transaction was rolled back")
        }
    }

    /// Ends an open transaction without keeping anything; on a lost connection there is nothing to end.
    public mutating func rollBack() {
        // An error here says no more than the one that led here.
        _ = try? execute("ROLLBACK")
    }

    /// Whether the session is inside a transaction, failed or not.
    public var isInTransaction: Bool {
        let status = PQtransactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// Stops what this connection is running, from another thread.
    public var canceller: Canceller { Canceller(PQgetCancel(handle), side: side) }

    /// The server's version as PostgreSQL numbers it: 150018 is 15.18.
    public var serverVersion: Int { Int(PQserverVersion(handle)) }

    func run(_ sql: SQL) throws(PostgresError) -> OpaquePointer? {
        try checked(PQexec(handle, sql.text))
    }

    func checked(_ result: OpaquePointer?) throws(PostgresError) -> OpaquePointer? {
        guard let result else { throw PostgresError(side: side, connection: handle) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_EMPTY_QUERY:
            return result
        default:
            let error = PostgresError(side: side, result: result)
            PQclear(result)
            throw error
        }
    }
}
