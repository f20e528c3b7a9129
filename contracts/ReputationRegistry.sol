// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// The part of an ERC-8004 reputation registry that the arena uses. Here anybody may say who owns an agent.
contract ReputationRegistry {
    event NewFeedback(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 feedbackIndex,
        int128 value,
        uint8 valueDecimals,
        string indexed indexedTag1,
        string tag1,
        string tag2,
        string endpoint,
        string feedbackURI,
        bytes32 feedbackHash
    );

    struct Feedback {
        int128 value;
        uint8 valueDecimals;
        string tag1;
        string tag2;
    }

    mapping(uint256 agentId => address) public ownerOf;
    mapping(uint256 agentId => mapping(address client => Feedback[])) private feedback;

    function setOwner(uint256 agentId, address owner) external {
        ownerOf[agentId] = owner;
    }

    function giveFeedback(
        uint256 agentId,
        int128 value,
        uint8 valueDecimals,
        string memory tag1,
        string memory tag2,
        string memory endpoint,
        string memory feedbackURI,
        bytes32 feedbackHash
    ) external {
        require(ownerOf[agentId] != msg.sender, "Self-feedback not allowed");
        feedback[agentId][msg.sender].push(Feedback(value, valueDecimals, tag1, tag2));
        emit NewFeedback(
            agentId,
            msg.sender,
            getLastIndex(agentId, msg.sender),
            value,
            valueDecimals,
            tag1,
            tag1,
            tag2,
            endpoint,
            feedbackURI,
            feedbackHash
        );
    }

    /// The first has index 1.
    function readFeedback(uint256 agentId, address client, uint64 index)
        external
        view
        returns (int128 value, uint8 valueDecimals, string memory tag1, string memory tag2, bool isRevoked)
    {
        Feedback storage given = feedback[agentId][client][index - 1];
        return (given.value, given.valueDecimals, given.tag1, given.tag2, false);
    }

    function getLastIndex(uint256 agentId, address client) public view returns (uint64) {
        return uint64(feedback[agentId][client].length);
    }
}
