// SPDX-License-Identifier: Apache-2.0
import Postgres

/// One thread's connections, and how it runs a load with them.
struct Worker: ~Copyable {
    private let name: String
    private let loader: Loader
    /// Opened by the first load that reads it; loads of later stages do not.
    private var source: Connection?
    private var sink: RowSink

    init(number: Int, loader: Loader) throws(PostgresError) {
        let name = "\(loader.settings.origin)worker \(number)"
        let target = try loader.sessions.openTargetForLoading()
        loader.stop.register(target.canceller)
        self.init(
            name: name, loader: loader,
            sink: RowSink(
                target: target, name: name, limit: loader.settings.batchBytes, onReject: loader.settings.onReject,
                turns: loader.turns, progress: loader.progress))
    }

    private init(name: String, loader: Loader, sink: consuming RowSink) {
        self.name = name
        self.loader = loader
        self.sink = sink
    }

    private mutating func openSource() throws(PostgresError) -> Connection {
        var source = try loader.sessions.openSource()
        // The workers are the parallelism.
        try source.execute("SET max_parallel_workers_per_gather = 0")
        loader.stop.register(source.canceller)
        return source
    }

    /// Runs loads of a stage until all of them are done.
    ///
    /// - Throws: ``CancellationError`` if somebody asked to stop before this worker itself failed.
    mutating func run(
        _ stage: TableLoad.Stage, _ loads: [String: TableLoad], _ queue: JobQueue<DeferredIndex>
    ) throws {
        do {
            try runAll(stage, loads, queue)
        } catch {
            let wasStopped = loader.stop.isRequested
            // Before the load is given back, or a worker that waits would take it and fail alike.
            loader.stop.request()
            sink.target.rollBack()
            if wasStopped { throw CancellationError() }
            throw error
        }
    }

    private mutating func runAll(
        _ stage: TableLoad.Stage, _ loads: [String: TableLoad], _ queue: JobQueue<DeferredIndex>
    ) throws {
        let worklist = Worklist(stage: stage, others: loader.others)
        while !loader.stop.isRequested {
            guard let id = try worklist.take(&sink.target) else {
                try sink.target.execute("COMMIT")
                return
            }
            guard let load = loads[id] else { throw LedgerError.unknownLoad(id) }
            try runAndCommit(load)
            if stage == .copy { try queueIndexes(of: load, worklist, queue) }
        }
        throw CancellationError()
    }

    private mutating func runAndCommit(_ load: TableLoad) throws {
        let began = ContinuousClock.now
        loader.progress.began(load.id, weight: max(load.weight, 1))
        do {
            try sink.target.execute(Sessions.name(name))
            try perform(load)
            try Ledger().finish(load.id, sink: &sink, seconds: (.now - began).inSeconds, worker: name)
            Failpoint.reach(.beforeCommit)
            try sink.target.commit()
            Failpoint.reach(.afterCommit)
        } catch {
            loader.progress.ended(load.id)
            throw error
        }
        loader.timeline.add(row: name, step: load.id, from: began)
        // What other processes have done counts as well.
        loader.progress.stands(at: try Ledger().doneWeight(on: &sink.target))
        loader.progress.ended(load.id)
    }

    private mutating func perform(_ load: TableLoad) throws {
        if case .statements(let statements) = load.work {
            try execute(statements, of: load)
        } else {
            var source = if let source = source.take() { source } else { try openSource() }
            try carry(load, from: &source)
            self.source = consume source
        }
        try sink.flush()
    }

    private mutating func execute(_ statements: [SQL], of load: TableLoad) throws {
        sink.prepare(for: [], of: load.id)
        for statement in statements {
            let rows = try sink.target.execute(statement)
            if let table = InsertStatement(statement)?.table, load.tables.contains(table) {
                sink.wrote(rows, to: table)
            }
        }
    }

    private mutating func carry(_ load: TableLoad, from source: inout Connection) throws {
        switch load.work {
        case .passThrough(let table, let query):
            let columns = try source.columns(of: query)
            sink.prepare(for: [Table(table, columns: columns.map { Column($0.name, $0.type) })], of: load.id)
            try pass(query, from: &source)
        case .mapped(let query, let make):
            sink.prepare(for: load.declared, of: load.id)
            try map(query, from: &source, with: make())
        case .body(_, let body):
            sink.prepare(for: load.declared, of: load.id)
            try body(&source, &sink)
        case .statements: break
        }
    }

    private mutating func pass(_ query: SQL, from source: inout Connection) throws {
        try source.copyOut(query) { reader in
            while let row = try reader.next() {
                sink.pass(row.bytes)
                sink.sourceRows += 1
                try sink.endRow()
            }
        }
    }

    private mutating func map(_ query: SQL, from source: inout Connection, with mapping: TableLoad.Mapping) throws {
        try source.copyOut(query) { reader in
            while let row = try reader.next() {
                do throws(RejectedRow) {
                    try mapping(row, &sink)
                } catch {
                    try sink.reject(error)
                }
                sink.sourceRows += 1
                try sink.endRow()
            }
        }
    }

    /// Hands the indexes of tables that are now full to the index jobs.
    private mutating func queueIndexes(of load: TableLoad, _ worklist: Worklist, _ queue: JobQueue<DeferredIndex>)
        throws
    {
        let full = try worklist.filled(among: load.tables, &sink.target)
        guard !full.isEmpty else { return }
        let away = try DeferredIndexes().away(on: &sink.target).filter {
            full.contains($0.table) && $0.kind == .index
        }
        queue.add(away)
    }
}
