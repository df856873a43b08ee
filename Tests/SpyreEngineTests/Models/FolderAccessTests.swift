import Foundation
import Testing

@testable import SpyreEngine

@Suite struct FolderAccessTests {
    @Test func foldersThatMayBeMade() throws {
        let folder = try ScratchFolder()
        #expect(FolderAccess.obstacle(at: folder.path) == nil)
        #expect(FolderAccess.obstacle(at: folder.path + "/a/b/../c") == nil)
        #expect(folder.content().isEmpty)
    }

    @Test func whatIsInTheWayIsNamed() throws {
        let folder = try ScratchFolder()
        let file = try folder.write("file")
        for path in [file, file + "/a/b"] {
            #expect(FolderAccess.obstacle(at: path) == "\(file): Not a directory")
        }
        let link = folder.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path + "/nothing")
        #expect(FolderAccess.obstacle(at: link + "/a") == "\(link): No such file or directory")
    }

    /// The superuser may write everywhere.
    @Test(.enabled(if: geteuid() != 0)) func aFolderWithoutPermission() throws {
        let folder = try ScratchFolder()
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
        #expect(FolderAccess.obstacle(at: folder.path + "/a") == "\(folder.path): Permission denied")
    }
}
