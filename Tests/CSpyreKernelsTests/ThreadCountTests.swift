import CSpyreKernels
import Foundation
import Testing

@_silgen_name("spyre_host_quota")
private func hostQuota(_ root: UnsafePointer<CChar>) -> Int32

/// How many threads a device takes when its opener names none.
@Suite struct ThreadCountTests {
    /// Threads of a device in an environment, or what was wrong with it. For a process of its own.
    static func open(_ variable: String?, asked: Int32 = 0) throws -> Int32 {
        if let variable { setenv("OMP_NUM_THREADS", variable, 1) } else { unsetenv("OMP_NUM_THREADS") }
        var desc = descriptor(spyre_device_desc.self)
        desc.threads = asked
        var device: OpaquePointer?
        try check { spyre_device_open(&desc, &device, $0) }
        defer { _ = spyre_device_close(device, nil) }
        var info = descriptor(spyre_device_info.self)
        try check { spyre_device_query(device, &info, $0) }
        return info.threads
    }

    @Test func theEnvironmentNamesTheNumberOfThreads() async {
        await #expect(processExitsWith: .success) {
            for (text, threads) in [("1", 1), ("3", 3), (" 7 ", 7), ("1024", 1024), ("5,2", 5), ("4 , 2", 4)] {
                let taken = try ThreadCountTests.open(text)
                #expect(taken == Int32(threads))
            }
            for text in [
                "0", "-1", "5000", "1025", "99999999999999999999", "four", "2x", " ", ",2", "2.5", "2,x", "2,", "3,0",
            ] {
                let failure = #expect(throws: ABIFailure.self) { try ThreadCountTests.open(text) }
                #expect(failure?.status == spyre_status(SPYRE_STATUS_INVALID_ARGUMENT))
                #expect(failure?.description.hasPrefix("OMP_NUM_THREADS is '\(text)'; set it to") == true)
                // What the caller asks for counts before the environment.
                let asked = try ThreadCountTests.open(text, asked: 2)
                #expect(asked == 2)
            }
        }
    }

    /// Without the variable, or with an empty one, no more than the processors that the process may use.
    @Test func theAffinityLimitsTheNumberOfThreads() async {
        await #expect(processExitsWith: .success) {
            // A bit for each processor, "3" being two of them.
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
            let processors = (line ?? "").dropFirst("Cpus_allowed:".count)
                .compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
            let quota = Int(hostQuota(""))
            let expected = Int32(quota == 0 ? processors : min(processors, quota))
            let (unset, empty) = (try ThreadCountTests.open(nil), try ThreadCountTests.open(""))
            #expect(unset == expected && empty == expected && expected >= 1)
        }
    }

    /// A tree of files as a container would show them.
    static func quota(_ files: [String: String]) throws -> Int32 {
        let root = FileManager.default.temporaryDirectory.appending(path: "spyre-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: false, encoding: .utf8)
        }
        return hostQuota(root.path())
    }

    @Test(arguments: [
        ("150000 100000\n", 2), ("100000 100000\n", 1), ("1000 100000\n", 1), ("400001 100000\n", 5),
        ("max 100000\n", 0), ("0 100000\n", 0), ("100000 0\n", 0), ("nonsense", 0), ("", 0),
        ("9000000000000000000 1\n", 1024),
    ])
    func theQuotaIsRoundedUp(text: String, expected: Int32) throws {
        #expect(try Self.quota(["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": text]) == expected)
    }

    @Test func everyGroupOnTheWayUpCounts() throws {
        let group = "0::/system.slice/a.service\n", top = "sys/fs/cgroup"
        var files = [
            "proc/self/cgroup": group, "\(top)/system.slice/a.service/cpu.max": "max 100000\n",
            "\(top)/system.slice/cpu.max": "250000 100000\n",
        ]
        #expect(try Self.quota(files) == 3)
        files["\(top)/system.slice/a.service/cpu.max"] = "800000 100000\n"
        #expect(try Self.quota(files) == 3)
        files["\(top)/system.slice/a.service/cpu.max"] = "200000 100000\n"
        #expect(try Self.quota(files) == 2)
        // In a container the path is the host's and does not exist; the mount is the group.
        #expect(try Self.quota(["proc/self/cgroup": "0::/gone/away\n", "\(top)/cpu.max": "50000 100000"]) == 1)
        // A path that leaves the mount is not followed further than the mount.
        #expect(try Self.quota(["proc/self/cgroup": group, "sys/fs/cpu.max": "100000 100000"]) == 0)
        #expect(try Self.quota([:]) == 0)
    }

    @Test func versionOneHasItsOwnFiles() throws {
        let lines = "12:cpuset:/x\n7:cpu,cpuacct:/docker/abc\n3:cpuacct:/y\n1:name=systemd:/z\n0::/\n"
        let group = "sys/fs/cgroup/cpu/docker/abc"
        var files = [
            "proc/self/cgroup": lines, "\(group)/cpu.cfs_quota_us": "250000\n",
            "\(group)/cpu.cfs_period_us": "100000\n",
        ]
        #expect(try Self.quota(files) == 3)
        files["\(group)/cpu.cfs_quota_us"] = "-1\n"
        #expect(try Self.quota(files) == 0)
        files["sys/fs/cgroup/cpu/cpu.cfs_quota_us"] = "100000\n"
        files["sys/fs/cgroup/cpu/cpu.cfs_period_us"] = "100000\n"
        #expect(try Self.quota(files) == 1)
        // Controllers whose names only begin or end like it are others.
        files["proc/self/cgroup"] = "12:cpuset,cpuacct,notcpu:/\n"
        #expect(try Self.quota(files) == 0)
    }
}
